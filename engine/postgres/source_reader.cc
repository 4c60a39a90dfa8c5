#include "postgres/source_reader.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "postgres/back_reader.h"
#include "postgres/catalog_type.h"
#include "sql/quote.h"

namespace planrun {
namespace {

/// Types whose binary form is decoded; of all others the server writes the text.
bool is_decoded(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::real:
    case TypeKind::double_precision:
    case TypeKind::numeric:
    case TypeKind::text:
    case TypeKind::varchar:
    case TypeKind::char_:
    case TypeKind::json:
    case TypeKind::jsonb:
    case TypeKind::bytea:
      return true;
    default:
      return false;
  }
}

/// `value` as it is asked for. A list that JSON would change (of more dimensions, or not counted from 1) goes
/// as PostgreSQL writes it.
std::string asked_sql(const std::string& value, TypeKind kind) {
  if (is_decoded(kind)) return value;
  if (kind != TypeKind::text_array) return "(" + value + ")::text";
  return "CASE WHEN array_ndims(" + value + ") > 1 OR array_lower(" + value + ", 1) <> 1 THEN (" + value +
         ")::text ELSE to_json(" + value + ")::text END";
}

std::string key_sql(const PostgresTable& table) {
  std::string sql;
  for (const auto& part : table.key) {
    const std::string name = quote_name(part.column);
    sql += (sql.empty() ? "" : ", ") + (part.is_integer() ? name : name + "::text");
  }
  return sql;
}

/// With the table's name: alone, a name in ORDER BY is first that of an output column, which may be a text.
std::string order_sql(const PostgresTable& table) {
  std::string sql;
  for (const auto& part : table.key) {
    sql += (sql.empty() ? "" : ", ") + quote_name(table.table.name) + "." + quote_name(part.column);
  }
  return sql;
}

std::string bound_sql(const PostgresTable& table, const std::string& comparison, const Key& key) {
  if (key.values.size() != table.key.size()) {
    throw Error(ErrorCode::source, "key " + to_text(key) + " is no key of table " + table.table.name,
                "the source is not the one that the run began with");
  }
  std::string values;
  for (std::size_t i = 0; i < key.values.size(); ++i) {
    const KeyValue& value = key.values[i];
    const std::string text =
        value.kind == CellKind::integer ? std::to_string(value.integer) : std::string(value.bytes);
    values += (i == 0 ? "" : ", ") + quote_literal(text) + "::" + table.key[i].type_sql;
  }
  return "(" + order_sql(table) + ")" + comparison + "(" + values + ")";
}

/// Where block `key` begins (PostgreSQL manual, "System Columns": ctid).
std::string block_sql(const PostgresTable& table, const Key& key) {
  if (key.values.size() != 1 || key.values[0].kind != CellKind::integer) {
    throw Error(ErrorCode::source, "key " + to_text(key) + " is no place in table " + table.table.name,
                "the source is not the one that the run began with");
  }
  return "'(" + std::to_string(key.values[0].integer) + ",0)'::tid";
}

/// Of a table without a key, from block to block.
std::string blocks_sql(const PostgresTable& table, const Range& range) {
  std::string sql;
  if (range.from) sql += " WHERE ctid >= " + block_sql(table, *range.from);
  if (range.until) sql += (sql.empty() ? " WHERE " : " AND ") + ("ctid < " + block_sql(table, *range.until));
  return sql;
}

std::string range_sql(const PostgresTable& table, const Range& range, bool inclusive) {
  if (table.key.empty()) return blocks_sql(table, range);
  std::string sql;
  if (range.from) sql += " WHERE " + bound_sql(table, inclusive ? " >= " : " > ", *range.from);
  if (range.until) sql += (sql.empty() ? " WHERE " : " AND ") + bound_sql(table, " < ", *range.until);
  return sql;
}

std::vector<DecodedColumn> key_columns(const PostgresTable& table) {
  std::vector<DecodedColumn> columns;
  for (const auto& part : table.key)
    columns.push_back({table.table.name + "." + part.column, part.is_integer() ? part.kind : TypeKind::text});
  return columns;
}

// The row asked for has, in this order: `where` if there is one, the inputs, the key.
class SourceReader : public Reader {
 public:
  SourceReader(const SourceAccess& access, const PostgresTable& table, const ReadRequest& request,
               Range range, std::int64_t limit)
      : access_(access), table_(table), range_(std::move(range)), limit_(limit) {
    if (table.key.empty() && (range_.from || range_.until)) hold();
    has_where_ = !request.where.empty();
    in_any_order_ = request.in_any_order && !range_.from && !range_.until;
    for (const auto& input : request.inputs) can_fail_ |= !input.expr.empty();
    can_fail_ |= has_where_;
    std::shared_ptr<PostgresConnection> connection = access_.connections.take();
    guarded(*connection, [&] { prepare(*connection, request); });
    begin(std::move(connection), true);
  }

  ReadOutcome next(std::span<Cell> row) override {
    if (ended_) return ReadOutcome::end;
    if (failed_) {
      range_.from = std::exchange(failed_, std::nullopt);
      begin(access_.connections.take(), false);
    }
    try {
      if (!rows_->next(cells_)) {
        ended_ = true;
        rows_.reset();
        return ReadOutcome::end;
      }
    } catch (const Error& error) {
      rows_.reset();
      return fail_row(error);
    }
    if (can_fail_) last_ = key();
    if (has_where_ && cells_[0].integer == 0) return ReadOutcome::dropped;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = source_cell(kinds_[i], cells_[i + first_input()]);
    return ReadOutcome::row;
  }

  Key key() const override {
    if (failed_) return *failed_;
    return key_of(std::span(cells_).subspan(first_input() + kinds_.size(), table_.key.size()));
  }

  std::string failure() const override { return failure_; }

 private:
  std::size_t first_input() const { return has_where_ ? 1 : 0; }

  /// Some blocks are read: rows must not move to others before the last is.
  void hold() const {
    if (table_.blocks == 0) {
      throw Error(ErrorCode::source,
                  "table " + quote_for_message(table_.table.name) +
                      " has no key any more: it can only be read as a whole",
                  "the source is not the one that the run began with");
    }
    if (access_.connections.moment().hold(table_.table.name)) return;
    throw Error(
        ErrorCode::source,
        "table " + quote_for_message(table_.table.name) +
            " is being rewritten, and without a key its rows cannot be told apart meanwhile",
        "wait until that is done (VACUUM FULL, CLUSTER, ALTER TABLE), then run the same command again");
  }

  /// Who fails rolls back, so that the connection can be used again.
  template <typename Work>
  void guarded(PostgresConnection& connection, const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      connection.give_up();
      throw source_error(error, access_.settings).within("table " + quote_for_message(table_.table.name));
    }
  }

  /// What is asked for: only the server knows the types of expressions.
  void prepare(PostgresConnection& connection, const ReadRequest& request) {
    std::vector<std::string> values;
    std::string list;
    for (const auto& input : request.inputs) {
      std::string value = quote_name(input.column);
      if (!input.expr.empty()) {
        // An expression may rely on `where`. The line's end stands behind a comment.
        value = has_where_ ? "(CASE WHEN (" + request.where + "\n) THEN (" + input.expr + "\n) END)"
                           : "(" + input.expr + "\n)";
      }
      list += (list.empty() ? "" : ", ") + value;
      values.push_back(std::move(value));
    }
    const std::string from = " FROM " + from_sql(access_.settings, table_);
    std::vector<std::string> types;
    if (!values.empty()) types = types_of(connection, "SELECT " + list + from + " LIMIT 0");
    std::string select = has_where_ ? "((" + request.where + "\n) IS TRUE)" : "";
    if (has_where_) columns_.push_back({"where", TypeKind::boolean});
    for (std::size_t i = 0; i < values.size(); ++i) {
      kinds_.push_back(catalog_type(types[i]).kind);
      select += (select.empty() ? "" : ", ") + asked_sql(values[i], kinds_.back());
      columns_.push_back({table_.table.name + "." + request.inputs[i].column,
                          is_decoded(kinds_.back()) ? kinds_.back() : TypeKind::text});
    }
    for (const auto& column : key_columns(table_)) columns_.push_back(column);
    if (!table_.key.empty()) select += (select.empty() ? "" : ", ") + key_sql(table_);
    select_ = select;
    cells_.resize(columns_.size());
  }

  static std::vector<std::string> types_of(PostgresConnection& connection, const std::string& sql) {
    const Result shape = connection.exec(sql);
    std::string list;
    for (int i = 0; i < shape.columns(); ++i) {
      list += (i == 0 ? "" : ", ") + ("format_type(" + std::to_string(PQftype(shape.get(), i))) + ", " +
              std::to_string(PQfmod(shape.get(), i)) + ")";
    }
    const Result names = connection.exec("SELECT " + list);
    std::vector<std::string> types;
    for (int i = 0; i < names.columns(); ++i) types.push_back(names.text(0, i));
    return types;
  }

  /// The rows are put in order below the expressions: where one fails, all before it have been told.
  void begin(std::shared_ptr<PostgresConnection> connection, bool inclusive) {
    std::string from = from_sql(access_.settings, table_);
    if (table_.key.empty()) {
      from += range_sql(table_, range_, inclusive);
    } else if (!in_any_order_) {
      const std::string rows = from + range_sql(table_, range_, inclusive) + " ORDER BY " + order_sql(table_);
      from = can_fail_ ? "(SELECT * FROM " + rows + " OFFSET 0) AS " + quote_name(table_.table.name) : rows;
    }
    BackQuery query;
    query.begin.clear();
    query.select = "SELECT " + select_ + " FROM " + from;
    if (limit_ > 0) query.select += " LIMIT " + std::to_string(limit_);
    query.columns = columns_;
    guarded(*connection, [&] {
      // None of what the query opens can change from here on.
      access_.connections.moment().require_unchanged(
          *connection, "SELECT " + select_ + " FROM " + from_sql(access_.settings, table_) + " LIMIT 0");
      rows_ = read_rows(connection, query);
    });
  }

  ReadOutcome fail_row(const Error& error) {
    const Error found =
        source_error(error, access_.settings).within("table " + quote_for_message(table_.table.name));
    if (!can_fail_ || error.code() != ErrorCode::target || !blames_a_row(error.sqlstate())) throw found;
    if (table_.key.empty()) {
      throw Error(ErrorCode::source, found.what(),
                  "an expression failed on a row of a table without a key, which cannot be named: mend the "
                  "expression");
    }
    failure_ = error.what();
    failed_ = key_behind_last();
    return ReadOutcome::failed;
  }

  /// The server does not say on which row an expression failed: it is the one behind those told.
  Key key_behind_last() {
    Range range = range_;
    if (last_) range.from = *last_;
    BackQuery query;
    query.begin.clear();
    query.select = "SELECT " + key_sql(table_) + " FROM " + from_sql(access_.settings, table_) +
                   range_sql(table_, range, !last_) + " ORDER BY " + order_sql(table_) + " LIMIT 1";
    query.columns = key_columns(table_);
    std::vector<Cell> cells(query.columns.size());
    const auto connection = access_.connections.take();
    std::optional<Key> key;
    guarded(*connection, [&] {
      const auto rows = read_rows(connection, query);
      if (rows->next(cells)) key = key_of(cells);
      while (rows->next(cells)) {
      }
    });
    if (!key) {
      throw Error(ErrorCode::source, "table " + quote_for_message(table_.table.name) + ": " + failure_,
                  "mend the expression");
    }
    last_ = key;
    return *key;
  }

  Cell source_cell(TypeKind kind, const Cell& cell) const {
    if (kind != TypeKind::numeric || cell.is_null()) return cell;
    const char sign = cell.bytes.front() == '-' ? cell.bytes[1] : cell.bytes.front();
    if (sign != 'N' && sign != 'I') return cell;
    double value = 0;
    const std::string_view words = cell.bytes;
    std::from_chars(words.data(), words.data() + words.size(), value);
    return Cell::of_real(value);
  }

  SourceAccess access_;
  const PostgresTable& table_;
  Range range_;
  std::int64_t limit_;
  bool has_where_ = false;
  bool in_any_order_ = false;
  bool can_fail_ = false;        // there are expressions
  std::vector<TypeKind> kinds_;  // of the inputs
  std::vector<DecodedColumn> columns_;
  std::string select_;
  std::unique_ptr<BackReader> rows_;
  std::vector<Cell> cells_;
  std::optional<Key> last_;    // told last, where a row can fail
  std::optional<Key> failed_;  // the row just told, which failed; the next one stands behind it
  std::string failure_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Reader> read_source(const SourceAccess& access, const PostgresTable& table,
                                    const ReadRequest& request, const Range& range, std::int64_t limit) {
  return std::make_unique<SourceReader>(access, table, request, range, limit);
}

std::string from_sql(const ConnectionSettings& settings, const PostgresTable& table) {
  if (!table.rows_sql.empty()) return "(" + table.rows_sql + ") AS " + quote_name(table.table.name);
  const bool is_plain = table.table.kind != SourceTableKind::view && !table.has_children;
  return (is_plain ? "ONLY " : "") + qualified(settings.schema, table.table.name) + " AS " +
         quote_name(table.table.name);
}

std::vector<Key> spread_keys(PostgresConnection& connection, const PostgresTable& table, std::int64_t count) {
  // Some dozens of rows a key and, as neighbours stand in one block, some blocks: so the ranges between them
  // are about as large.
  constexpr double kRowsAKey = 30;
  constexpr double kBytesAKey = 32'768;
  const auto share_of = [count](double each, std::int64_t all) {
    return 100.0 * static_cast<double>(count) * each / static_cast<double>(std::max<std::int64_t>(all, 1));
  };
  const double share = std::max(share_of(kRowsAKey, table.table.estimated_rows),
                                share_of(kBytesAKey, table.table.estimated_bytes));
  BackQuery query;
  query.begin.clear();
  query.select = "SELECT " + key_sql(table) + " FROM " + from_sql(connection.settings(), table) +
                 " TABLESAMPLE SYSTEM (" + std::to_string(std::min(share, 100.0)) + ") REPEATABLE (1)" +
                 " ORDER BY " + order_sql(table);
  query.columns = key_columns(table);
  std::vector<Cell> cells(query.columns.size());
  std::vector<Key> sample;
  // The connection outlives the reader.
  const auto rows = read_rows({&connection, [](PostgresConnection*) {}}, query);
  while (rows->next(cells)) sample.push_back(key_of(cells));
  std::vector<Key> keys;
  const std::int64_t found = static_cast<std::int64_t>(sample.size());
  for (std::int64_t i = 1; i < count && found >= count; ++i)
    keys.push_back(std::move(sample[static_cast<std::size_t>(i * found / count)]));
  return keys;
}

}  // namespace planrun
