#include "sqlite/back_reader.h"

#include <charconv>
#include <chrono>

#include "base/text.h"
#include "data/canonical.h"
#include "sql/quote.h"
#include "sqlite/applied_sql.h"
#include "sqlite/catalog.h"
#include "sqlite/dialect.h"
#include "sqlite/storage.h"

namespace planrun {
namespace {

using Clock = std::chrono::steady_clock;

// How long a read that gives way keeps a writer from its COMMIT: less than an application's patience, and
// long enough that beginning again costs nothing beside it.
constexpr auto kPiece = std::chrono::milliseconds(20);
// Asking for the time at each row would cost something beside reading it.
constexpr std::int64_t kRowsBetweenLooks = 8;

/// Which rows are read. Beside the key of the row told last `from` has nothing to say; SQLite, given both,
/// would seek by `from` and read all rows told before once more.
struct RowBounds {
  std::string from{};   // "" or a condition: the first of them in the order of the key
  std::string where{};  // "" or a condition
};

std::string where_sql(std::initializer_list<std::string> conditions) {
  std::string sql;
  for (const auto& condition : conditions) {
    if (!condition.empty()) sql += (sql.empty() ? " where " : " and ") + condition;
  }
  return sql;
}

class SqliteBackReader : public BackReader {
 public:
  SqliteBackReader(std::shared_ptr<SqliteConnection> connection, const TableSchema& table,
                   std::span<const std::size_t> columns, TableOrder order, RowBounds bounds)
      : connection_(std::move(connection)),
        table_(table.name),
        order_(std::move(order)),
        bounds_(std::move(bounds)) {
    std::string sql;
    for (const std::size_t i : columns) {
      columns_.push_back({stored_column(table.columns[i]), table.columns[i].name, {}});
      sql += quote_name(table.columns[i].name) + ", ";
    }
    sql_ = "select " + sql + key_columns_sql(order_) + " from " + quote_name(table_) + order_.b_tree;
    rows_ = std::make_unique<Statement>(*connection_, sql_ + where_sql({bounds_.from, bounds_.where}));
  }

  bool next(std::span<Cell> row) override {
    if (ended_) return false;
    if (!step()) {
      ended_ = true;
      rows_->reset();
      return false;
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      Column& column = columns_[i];
      sqlite3_value* value = sqlite3_column_value(rows_->get(), static_cast<int>(i));
      if (!read_stored(value, column.stored, row[i], column.scratch)) refuse(column, value);
    }
    return true;
  }

  /// Only the rows whose keys (data/key.h, as JSON) are the first column of `keys`; `where` takes them. The
  /// second is the key's place, and ?3 the place behind which it begins.
  void by_keys(std::unique_ptr<Statement> keys) { keys_ = std::move(keys); }

  /// From here on the file's lock is given back every moment. The rows come in the order of their key.
  void give_way() {
    piece_until_ = Clock::now() + kPiece;
    if (keys_) return;
    rows_ = std::make_unique<Statement>(
        *connection_, sql_ + where_sql({bounds_.from, bounds_.where}) + " order by " + order_by_sql(order_));
  }

  std::string row_reference() const override {
    const Key key = current_key();
    return order_.is_rowid ? std::to_string(key.values[0].integer) : to_json(key);
  }

 private:
  struct Column {
    StoredColumn stored;
    std::string name;
    std::string scratch;
  };

  bool step() {
    const bool begins = piece_until_ && ++told_ % kRowsBetweenLooks == 0 && Clock::now() > *piece_until_;
    if (begins) begin_piece();
    const bool told = step_within();
    // However long it took to come back to its place, a piece gets on.
    if (begins) piece_until_ = Clock::now() + kPiece;
    return told;
  }

  bool step_within() {
    if (!keys_) return rows_->step();
    while (keys_->step()) {
      key_ = key_from_json(keys_->text(0));
      place_ = keys_->integer(1);
      rows_->reset();
      for (std::size_t i = 0; i < key_.values.size(); ++i) {
        rows_->bind(static_cast<int>(i) + 1, key_.values[i]);
      }
      if (rows_->step()) return true;
    }
    return false;
  }

  // Goes on behind the row just told, which may be gone by then.
  void begin_piece() {
    if (keys_) {
      rows_->reset();
      keys_->reset();
      keys_->bind(3, place_);
      return;
    }
    key_ = current_key();
    if (!is_behind_) {
      rows_ = std::make_unique<Statement>(
          *connection_, sql_ + where_sql({bounds_.where, lower_bound_sql(order_, 1, false)}) + " order by " +
                            order_by_sql(order_));
      is_behind_ = true;
    }
    rows_->reset();
    bind_key(*rows_, 1, order_, key_);
  }

  Key current_key() const {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < order_.parts.size(); ++i) {
      cells.push_back(read_cell(sqlite3_column_value(rows_->get(), static_cast<int>(columns_.size() + i))));
    }
    return key_of(cells);
  }

  [[noreturn]] void refuse(const Column& column, sqlite3_value* value) const {
    const Cell cell = read_cell(value);
    std::string shown = cell.kind == CellKind::integer ? std::to_string(cell.integer)
                        : cell.kind == CellKind::real  ? std::to_string(cell.real)
                                                       : quote_for_message(cell.bytes);
    throw Error(ErrorCode::target,
                connection_->shown() + ": table " + table_ + ", row " + to_text(current_key()) + ", column " +
                    column.name + " holds " + std::string(to_string(cell.kind)) + " " + shown +
                    ", which planrun does not store there",
                "something else has written to the table");
  }

  std::shared_ptr<SqliteConnection> connection_;
  std::string table_;
  TableOrder order_;
  std::vector<Column> columns_;
  std::string sql_;
  RowBounds bounds_;
  std::unique_ptr<Statement> rows_;
  std::unique_ptr<Statement> keys_;
  Key key_;
  std::int64_t place_ = 0;                        // of key_ among keys_
  std::optional<Clock::time_point> piece_until_;  // none: the read does not give way
  std::int64_t told_ = 0;
  bool is_behind_ = false;  // rows_ begins behind a key
  bool ended_ = false;
};

TableOrder order_of(SqliteConnection& connection, const std::string& table) {
  TableOrder order = read_catalog_table(connection, table).order;
  if (!order.parts.empty()) return order;
  throw Error(
      ErrorCode::target,
      connection.shown() + ": the rows of table " + table + " cannot be named: columns hide its rowid",
      "rename a column called rowid, _rowid_ or oid");
}

/// Parts of about the same span of rowids; the first and the last are open, so that together they are the
/// table.
RowBounds bounds_of_part(SqliteConnection& connection, const std::string& table, const TableOrder& order,
                         int part, int parts) {
  if (parts <= 1) return {};
  if (!order.is_rowid) return {{}, part == 0 ? "" : "0"};
  const std::string& rowid = order.parts[0].column;
  const std::string from = " from " + quote_name(table) + order.b_tree + ")";
  Statement ends(connection,
                 "select (select min(" + rowid + ")" + from + ", (select max(" + rowid + ")" + from);
  ends.step();
  const auto least = static_cast<std::uint64_t>(ends.integer(0));
  const std::uint64_t distance = static_cast<std::uint64_t>(ends.integer(1)) - least;
  const std::uint64_t step = distance / static_cast<std::uint64_t>(parts);
  const auto cut = [&](int i) {
    return std::to_string(static_cast<std::int64_t>(least + step * static_cast<std::uint64_t>(i)));
  };
  return {part == 0 ? "" : rowid + " >= " + cut(part),
          part + 1 == parts ? "" : rowid + " < " + cut(part + 1)};
}

/// Rows that share all values of `expressions`; a null is never equal.
std::string duplicates_sql(const std::string& table, const std::vector<std::string>& expressions,
                           const std::string& where) {
  const std::string list = join(expressions, ", ");
  const std::string only = where.empty() ? "" : "(" + where + ")";
  return only + (only.empty() ? "" : " and ") + (expressions.size() == 1 ? list : "(" + list + ")") +
         " in (select " + list + " from " + quote_name(table) + (only.empty() ? "" : " where " + only) +
         " group by " + list + " having count(*) > 1)";
}

std::size_t place_of(const TableSchema& table, const ForeignKeySchema& key) {
  for (std::size_t i = 0; i < table.foreign_keys.size(); ++i) {
    const auto& other = table.foreign_keys[i];
    if (other.name == key.name && other.columns == key.columns && other.table == key.table) return i;
  }
  throw Error(ErrorCode::target, "table " + table.name + " has no foreign key " + key.name);
}

}  // namespace

std::unique_ptr<BackReader> read_part(std::shared_ptr<SqliteConnection> connection, const ReadBack& request) {
  const TableOrder order = order_of(*connection, request.table->name);
  RowBounds bounds = bounds_of_part(*connection, request.table->name, order, request.part, request.parts);
  auto reader = std::make_unique<SqliteBackReader>(std::move(connection), *request.table, request.columns,
                                                   order, std::move(bounds));
  if (request.gives_way) reader->give_way();
  return reader;
}

std::unique_ptr<BackReader> read_written(std::shared_ptr<SqliteConnection> connection,
                                         const SqliteLedgerTables& ledger, const ReadBack& request) {
  auto keys = std::make_unique<Statement>(
      *connection, "select key, id from " + ledger.undo +
                       " where run = ?1 and load = ?2 and id > ?3 and op <> 'left' order by id");
  keys->bind(1, std::string_view(request.run)).bind(2, std::string_view(request.load)).bind(3, 0);
  TableOrder order = order_of(*connection, request.table->name);
  order.b_tree
      .clear();  // a row is found by the index of its key: without one each would read the whole table
  auto reader =
      std::make_unique<SqliteBackReader>(connection, *request.table, request.columns, std::move(order),
                                         RowBounds{{}, row_key_equals_sql(*request.table, 1)});
  reader->by_keys(std::move(keys));
  if (request.gives_way) reader->give_way();
  return reader;
}

std::unique_ptr<BackReader> read_in_the_way(std::shared_ptr<SqliteConnection> connection,
                                            const Violation& violation,
                                            std::span<const std::size_t> columns) {
  const TableSchema& table = *violation.table;
  const TableOrder order = order_of(*connection, table.name);
  std::string where;
  if (violation.foreign_key != nullptr) {
    where = key_columns_sql(order) + " in (select rowid from (" +
            orphans_sql(table, place_of(table, *violation.foreign_key)) + "))";
  } else if (violation.key != nullptr) {
    std::vector<std::string> names;
    for (const auto& name : violation.key->columns) names.push_back(quote_name(name));
    where = duplicates_sql(table.name, names, {});
  } else if (violation.unique_index != nullptr) {
    where = duplicates_sql(table.name, index_expressions(*violation.unique_index),
                           violation.unique_index->where_sql);
  }
  return std::make_unique<SqliteBackReader>(std::move(connection), table, columns, order,
                                            RowBounds{{}, where});
}

std::int64_t delete_rows(SqliteConnection& connection, const std::string& table,
                         std::span<const std::string> references) {
  const TableOrder order = order_of(connection, table);
  Statement row(connection, "delete from " + quote_name(table) + " where " + equals_sql(order, 1));
  std::int64_t count = 0;
  for (const auto& reference : references) {
    const Key key = key_from_json(order.is_rowid ? "[" + reference + "]" : reference);
    bind_key(row, 1, order, key);
    row.run();
    count += sqlite3_changes64(connection.get());
  }
  return count;
}

}  // namespace planrun
