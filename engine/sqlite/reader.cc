#include "sqlite/reader.h"

#include <algorithm>

#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/broken_utf16.h"
#include "sqlite/catalog.h"
#include "sqlite/expression.h"
#include "sqlite/source.h"
#include "sqlite/table_rows.h"

namespace planrun {
namespace {

// The result has these columns, in this order: `where` as 0 or 1 if there is one, the inputs, the key's
// parts.
class SqliteReader : public Reader {
 public:
  SqliteReader(std::shared_ptr<SqliteConnection> connection, const ReadRequest& request, const Range& range,
               const AddedColumn* added);

  ReadOutcome next(std::span<Cell> row) override;
  Key key() const override;
  std::string failure() const override { return failure_; }

 private:
  std::string result_sql(const ReadRequest& request);
  std::string tail_sql(bool inclusive) const;
  void begin();
  ReadOutcome end_or_fail(int rc);
  Key failed_key();

  std::shared_ptr<SqliteConnection> connection_;
  std::string table_;
  TableOrder order_;
  std::string rows_sql_;
  Range range_;
  std::string result_sql_;
  bool has_where_ = false;
  bool can_fail_ = false;  // there are expressions or generated columns
  int input_count_ = 0;
  bool is_utf16_ = false;
  std::vector<std::string> broken_;  // of a UTF-16 database: an input's text that is no UTF-16
  std::unique_ptr<Statement> rows_;
  std::unique_ptr<Statement> place_;  // the key of the nth row of rows_; made at the first failure
  std::optional<Key> failed_;         // of the row just told, which failed; the next one stands behind it
  std::optional<Key> behind_;         // rows_ began behind this key, not at the range's
  std::int64_t told_ = 0;             // rows since rows_ began
  bool ended_ = false;
  std::string failure_;
};

const SourceColumn& column_of(const SqliteConnection& connection, const SourceTable& table,
                              const std::string& column) {
  const auto found = std::ranges::find(table.columns, column, &SourceColumn::name);
  if (found != table.columns.end()) return *found;
  throw Error(ErrorCode::source, connection.shown() + ": table " + quote_for_message(table.name) +
                                     " has no column " + quote_for_message(column));
}

void check_expression(SqliteConnection& connection, const std::string& table, const std::string& rows,
                      const std::string& expr) {
  const std::string reason = refuse_expression(connection, rows, expr);
  if (reason.empty()) return;
  throw Error(ErrorCode::source, connection.shown() + ": the expression " + quote_for_message(expr) +
                                     " over table " + quote_for_message(table) +
                                     " cannot be used: " + reason);
}

/// Old views may hold "strings" in double quotes.
class QuotedStrings {
 public:
  explicit QuotedStrings(SqliteConnection* connection) : connection_(connection) {
    if (connection_ != nullptr) connection_->allow_quoted_strings(true);
  }
  ~QuotedStrings() {
    if (connection_ != nullptr) connection_->allow_quoted_strings(false);
  }
  QuotedStrings(const QuotedStrings&) = delete;
  QuotedStrings& operator=(const QuotedStrings&) = delete;

 private:
  SqliteConnection* connection_;
};

SqliteReader::SqliteReader(std::shared_ptr<SqliteConnection> connection, const ReadRequest& request,
                           const Range& range, const AddedColumn* added)
    : connection_(std::move(connection)), table_(request.table), range_(range) {
  const CatalogTable found = read_catalog_table(*connection_, request.table);
  order_ = found.order;
  rows_sql_ = rows_sql(found, added);
  if (order_.parts.empty() && (range.from || range.until)) {
    throw Error(ErrorCode::source,
                connection_->shown() + ": table " + quote_for_message(table_) +
                    " has no key: it can only be read as a whole",
                "the source is not the one that the run began with");
  }
  for (const auto& input : request.inputs) {
    if (added != nullptr && input.column == added->name) continue;
    if (input.expr.empty()) {
      can_fail_ |= column_of(*connection_, found.table, input.column).generated;
    } else {
      check_expression(*connection_, table_, rows_sql_, input.expr);
      can_fail_ = true;
    }
  }
  has_where_ = !request.where.empty();
  if (has_where_) {
    check_expression(*connection_, table_, rows_sql_, request.where);
    can_fail_ = true;
  }
  input_count_ = static_cast<int>(request.inputs.size());
  broken_.resize(request.inputs.size());
  Statement encoding(*connection_, "pragma encoding");
  is_utf16_ = encoding.step() && encoding.text(0) != "UTF-8";
  result_sql_ = result_sql(request);
  const bool is_view = found.table.kind == SourceTableKind::view;
  const QuotedStrings quoted(is_view && !can_fail_ ? connection_.get() : nullptr);
  rows_ = std::make_unique<Statement>(*connection_, "select " + result_sql_ + tail_sql(true));
  begin();
}

std::string SqliteReader::result_sql(const ReadRequest& request) {
  std::string sql;
  const auto add = [&](const std::string& column) { sql += (sql.empty() ? "" : ", ") + column; };
  if (has_where_) add("(" + request.where + ") is true");
  for (const auto& input : request.inputs) {
    if (input.expr.empty()) {
      add(quote_name(input.column));
    } else if (has_where_) {
      // An expression may rely on `where`: json_extract(a, '$.b') where json_valid(a).
      add("case when (" + request.where + ") is true then (" + input.expr + ") end");
    } else {
      add("(" + input.expr + ")");
    }
  }
  if (!order_.parts.empty()) add(key_columns_sql(order_));
  return sql.empty() ? "1" : sql;
}

std::string SqliteReader::tail_sql(bool inclusive) const {
  std::string sql = " from " + rows_sql_;
  if (order_.parts.empty()) return sql;
  const int parts = static_cast<int>(order_.parts.size());
  const char* joint = " where ";
  if (range_.from || !inclusive) {
    sql += joint + lower_bound_sql(order_, 1, inclusive);
    joint = " and ";
  }
  if (range_.until) sql += joint + upper_bound_sql(order_, 1 + parts);
  return sql + " order by " + order_by_sql(order_);
}

void SqliteReader::begin() {
  const auto bind = [&](Statement& statement) {
    statement.reset();
    const std::optional<Key>& from = behind_ ? behind_ : range_.from;
    if (from) bind_key(statement, 1, order_, *from);
    if (range_.until) bind_key(statement, 1 + static_cast<int>(order_.parts.size()), order_, *range_.until);
  };
  bind(*rows_);
  if (place_) bind(*place_);
  told_ = 0;
}

ReadOutcome SqliteReader::next(std::span<Cell> row) {
  if (ended_) return ReadOutcome::end;
  if (failed_) {
    // The values bound by reference live in behind_ while the statements use them.
    if (!behind_) {
      place_ = std::make_unique<Statement>(
          *connection_, "select " + key_columns_sql(order_) + tail_sql(false) + " limit 1 offset ?999");
      rows_ = std::make_unique<Statement>(*connection_, "select " + result_sql_ + tail_sql(false));
    }
    behind_ = std::move(failed_);
    failed_.reset();
    begin();
  }
  sqlite3_stmt* statement = rows_->get();
  const int rc = past_ending_writer([&] { return sqlite3_step(statement); });
  if (rc != SQLITE_ROW) return end_or_fail(rc);
  ++told_;
  int column = 0;
  if (has_where_ && sqlite3_column_int(statement, column++) == 0) return ReadOutcome::dropped;
  for (std::size_t i = 0; i < row.size(); ++i) {
    sqlite3_value* value = sqlite3_column_value(statement, column++);
    row[i] = is_utf16_ && read_broken_utf16(value, broken_[i]) ? Cell::of_text(broken_[i]) : read_cell(value);
  }
  return ReadOutcome::row;
}

ReadOutcome SqliteReader::end_or_fail(int rc) {
  if (rc == SQLITE_DONE) {
    ended_ = true;
    rows_->reset();
    return ReadOutcome::end;
  }
  const int primary = rc & 0xff;
  const Error error = rows_->error(rc).within("table " + quote_for_message(table_));
  // Only an expression can go wrong in these two ways: on this row, not in the file.
  if (!can_fail_ || (primary != SQLITE_ERROR && primary != SQLITE_TOOBIG)) throw error;
  failure_ = sqlite3_errmsg(connection_->get());
  if (order_.parts.empty()) {
    throw Error(
        ErrorCode::source, std::string(error.what()),
        "an expression failed on a row of a table without a key, which cannot be named: mend the expression");
  }
  rows_->reset();
  failed_ = failed_key();
  return ReadOutcome::failed;
}

/// SQLite does not say on which row an expression failed: it is the one behind those told.
Key SqliteReader::failed_key() {
  if (!place_) {
    place_ = std::make_unique<Statement>(
        *connection_, "select " + key_columns_sql(order_) + tail_sql(true) + " limit 1 offset ?999");
    const std::int64_t told = told_;
    begin();
    told_ = told;
  }
  place_->reset();
  place_->bind(999, told_);
  if (!place_->step()) {
    throw Error(
        ErrorCode::source,
        connection_->shown() + ": table " + quote_for_message(table_) + " has changed while it was read",
        "stop the program that writes it, or let the run take a snapshot");
  }
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < order_.parts.size(); ++i) {
    cells.push_back(read_cell(sqlite3_column_value(place_->get(), static_cast<int>(i))));
  }
  Key key = key_of(cells);
  place_->reset();
  return key;
}

Key SqliteReader::key() const {
  if (failed_) return *failed_;
  Key key;
  const int first = (has_where_ ? 1 : 0) + input_count_;
  for (std::size_t i = 0; i < order_.parts.size(); ++i) {
    const Cell cell = read_cell(sqlite3_column_value(rows_->get(), first + static_cast<int>(i)));
    key.values.push_back(key_of({&cell, 1}).values[0]);
  }
  return key;
}

}  // namespace

std::unique_ptr<Reader> make_reader(std::shared_ptr<SqliteConnection> connection, const ReadRequest& request,
                                    const Range& range, const AddedColumn* added) {
  return std::make_unique<SqliteReader>(std::move(connection), request, range, added);
}

}  // namespace planrun
