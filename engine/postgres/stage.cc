#include "postgres/stage.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/refusal.h"
#include "sql/quote.h"

namespace planrun {
namespace {

constexpr const char* kStage = "pg_temp.\"planrun_stage\"";
// pg_trigger.tgtype: row 1, before 2, insert 4.
constexpr const char* kBeforeInsertRow = "7";
constexpr const char* kOrdinal = "\"planrun_ordinal\"";

/// A type that makes no sequence, and takes every value that was encoded: others wait as text.
std::string waiting_type(const ColumnSchema& column) {
  if (column.type.kind == TypeKind::other) return "text";
  if (column.identity == Identity::serial) {
    if (column.type.kind == TypeKind::smallint) return "smallint";
    return column.type.kind == TypeKind::bigint ? "bigint" : "integer";
  }
  std::string type = column.type.sql;
  if (!column.collation.empty()) type += " COLLATE " + column.collation;
  return type;
}

/// Of a key, unique index or foreign key, whose violation names no column; empty: it is none of these.
std::string columns_of(const TableSchema& table, const std::string& constraint) {
  const auto in = [&](const auto& list) {
    const auto found = std::ranges::find(list, constraint, [](const auto& each) { return each.name; });
    return found == list.end() ? std::string() : join(found->columns, ", ");
  };
  for (const std::string& columns : {in(table.keys), in(table.indexes), in(table.foreign_keys)}) {
    if (!columns.empty()) return columns;
  }
  return {};
}

/// The foreign key by which a row refers to what is not there; null: that is not what the server refused.
/// Rows that still refer to the table's own break a constraint too, of the same name where it refers to
/// itself.
const ForeignKeySchema* key_without_parent(const TableSchema& table, const Diagnosis& diagnosis) {
  if (!diagnosis.message.starts_with("insert or update on table") ||
      diagnosis.detail.starts_with("MATCH FULL"))
    return nullptr;
  const auto found = std::ranges::find(table.foreign_keys, diagnosis.constraint, &ForeignKeySchema::name);
  return found == table.foreign_keys.end() ? nullptr : &*found;
}

}  // namespace

std::string column_list(const LoadTarget& load) {
  std::string list;
  for (const std::size_t i : load.columns) {
    if (!list.empty()) list += ", ";
    list += quote_name(load.table->columns[i].name);
  }
  return list;
}

RowFailure failure_of(std::int64_t ordinal, const TableSchema& table, const Diagnosis& diagnosis) {
  if (const ForeignKeySchema* key = key_without_parent(table, diagnosis))
    return {ordinal, join(key->columns, ", "), no_parent_reason(*key)};
  std::string reason = diagnosis.message;
  // `new row for relation "t" violates check constraint "c"`: the relation is known, the detail is the whole
  // row.
  if (const auto at = reason.find(" violates check constraint "); at != std::string::npos)
    reason.erase(0, at + 1);
  if (!diagnosis.detail.empty() && !diagnosis.detail.starts_with("Failing row contains")) {
    reason += ": " + diagnosis.detail;
  }
  return {ordinal, diagnosis.column.empty() ? columns_of(table, diagnosis.constraint) : diagnosis.column,
          reason};
}

Stage::Stage(PostgresConnection& connection, std::string table, const LoadTarget& load)
    : connection_(connection), table_(std::move(table)), load_(load) {}

void Stage::create() {
  std::string sql = std::string("DROP TABLE IF EXISTS ") + kStage + "; CREATE TEMP TABLE \"planrun_stage\" (";
  for (const std::size_t i : load_.columns) {
    const ColumnSchema& column = load_.table->columns[i];
    sql += quote_name(column.name) + " " + waiting_type(column) + ", ";
  }
  sql += std::string(kOrdinal) + " bigint) ON COMMIT DROP";
  try {
    connection_.exec(sql);
  } catch (const Error& error) {
    if (error.sqlstate() != "42501") throw;
    throw Error(ErrorCode::target,
                "rows that the server refuses cannot be told apart: " + std::string(error.what()),
                "GRANT TEMPORARY ON DATABASE " + quote_name(connection_.database()) + " TO " +
                    quote_name(connection_.user()))
        .with_sqlstate(error.sqlstate());
  }
}

std::string Stage::copy_target() const {
  const std::string columns = column_list(load_);
  return std::string(kStage) + " (" + columns + (columns.empty() ? "" : ", ") + kOrdinal + ")";
}

std::vector<RowFailure> Stage::move(std::int64_t count, std::int64_t rows) {
  std::vector<RowFailure> failures;
  write_by([this](const std::string& range) { return insert(range); }, count, rows, failures);
  drop();
  std::sort(failures.begin(), failures.end(),
            [](const RowFailure& a, const RowFailure& b) { return a.ordinal < b.ordinal; });
  return failures;
}

Moved Stage::write_by(const WriteRange& write, std::int64_t count, std::int64_t rows,
                      std::vector<RowFailure>& failures) {
  const auto known = failures.size();
  // One pass in the server instead of many tries. A BEFORE trigger may mend a row first, so then only a try
  // tells.
  if (!has_before_trigger()) {
    find_nulls(failures);
    find_failed_checks(failures);
    if (load_.table->partition) find_without_place(failures);
  }
  std::optional<Moved> moved = try_write(write, 0, count);
  if (!moved) moved = bisect(write, count, failures);
  const auto left = rows - static_cast<std::int64_t>(failures.size() - known);
  if (moved->rows != left) {
    throw Error(ErrorCode::target,
                "table " + table_ + " took " + std::to_string(moved->rows) + " of " + std::to_string(left) +
                    " rows and refused none of the others",
                "a BEFORE trigger or a rule on the table probably drops rows: disable it for the run");
  }
  return *moved;
}

void Stage::drop() {
  connection_.exec(std::string("DROP TABLE ") + kStage);
}

const char* Stage::name() {
  return kStage;
}

const char* Stage::ordinal() {
  return kOrdinal;
}

bool Stage::has_before_trigger() const {
  return connection_
             .exec(
                 "SELECT FROM pg_trigger WHERE tgrelid = $1::regclass AND tgtype & $2::int = $2::int"
                 " AND tgenabled <> 'D' LIMIT 1",
                 {table_, kBeforeInsertRow})
             .rows() > 0;
}

void Stage::take_out(std::vector<RowFailure>& found, std::vector<RowFailure>& failures) {
  if (found.empty()) return;
  std::vector<std::string> ordinals;
  ordinals.reserve(found.size());
  for (const auto& f : found) ordinals.push_back(std::to_string(f.ordinal));
  connection_.exec(std::string("DELETE FROM ") + kStage + " WHERE " + kOrdinal + " = any($1::bigint[])",
                   {array_literal(ordinals)});
  failures.insert(failures.end(), std::make_move_iterator(found.begin()),
                  std::make_move_iterator(found.end()));
}

void Stage::find_nulls(std::vector<RowFailure>& failures) {
  const Result columns = connection_.exec(
      "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND attnotnull ORDER BY "
      "attnum",
      {table_});
  std::string which;
  std::string any;
  for (int i = 0; i < columns.rows(); ++i) {
    const std::string name = columns.text(i, 0);
    const bool loaded = std::any_of(load_.columns.begin(), load_.columns.end(),
                                    [&](std::size_t c) { return load_.table->columns[c].name == name; });
    if (!loaded) continue;
    const std::string is_null = quote_name(name) + " IS NULL";
    which += " WHEN " + is_null + " THEN " + quote_literal(name);
    any += (any.empty() ? "" : " OR ") + is_null;
  }
  if (any.empty()) return;
  const Result rows = connection_.exec(std::string("SELECT ") + kOrdinal + ", CASE" + which + " END FROM " +
                                       kStage + " WHERE " + any);
  std::vector<RowFailure> found;
  for (int i = 0; i < rows.rows(); ++i) {
    const std::string column = rows.text(i, 1);
    found.push_back(
        {rows.integer(i, 0), column, "null value in column \"" + column + "\" violates not-null constraint"});
  }
  take_out(found, failures);
}

void Stage::find_failed_checks(std::vector<RowFailure>& failures) {
  // In the order in which the server tries them: by name.
  const Result checks = connection_.exec(
      "SELECT c.conname, pg_get_expr(c.conbin, c.conrelid), CASE WHEN cardinality(c.conkey) = 1 THEN "
      "a.attname END"
      " FROM pg_constraint c LEFT JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
      " WHERE c.conrelid = $1::regclass AND c.contype = 'c' ORDER BY c.conname",
      {table_});
  for (int c = 0; c < checks.rows(); ++c) {
    std::vector<RowFailure> found;
    connection_.exec("SAVEPOINT planrun_check");
    try {
      const Result rows = connection_.exec(std::string("SELECT ") + kOrdinal + " FROM " + kStage +
                                           " WHERE (" + checks.text(c, 1) + ") IS FALSE");
      for (int i = 0; i < rows.rows(); ++i) {
        found.push_back({rows.integer(i, 0), checks.text(c, 2),
                         "violates check constraint " + quote_name(checks.view(c, 0))});
      }
    } catch (const Error& error) {
      // It reads columns that are not loaded, or fails on some row: the tries below tell.
      if (error.code() != ErrorCode::target) throw;
      connection_.exec("ROLLBACK TO SAVEPOINT planrun_check");
    }
    connection_.exec("RELEASE SAVEPOINT planrun_check");
    take_out(found, failures);
  }
}

/// Rows that no partition takes, by the server's own conditions of its partitions.
void Stage::find_without_place(std::vector<RowFailure>& failures) {
  const Result parts = connection_.exec(
      "SELECT pg_get_partition_constraintdef(relid) FROM pg_partition_tree($1::regclass) WHERE level = 1",
      {table_});
  std::string taken = "false";
  for (int i = 0; i < parts.rows(); ++i) {
    if (parts.is_null(i, 0)) return;  // a default that is alone takes all
    taken += " OR (" + parts.text(i, 0) + ")";
  }
  std::vector<RowFailure> found;
  connection_.exec("SAVEPOINT planrun_place");
  try {
    const Result rows = connection_.exec(std::string("SELECT ") + kOrdinal + " FROM " + kStage + " WHERE (" +
                                         taken + ") IS NOT TRUE");
    for (int i = 0; i < rows.rows(); ++i) {
      found.push_back({rows.integer(i, 0), join(load_.table->partition->columns, ", "),
                       no_partition_reason(*load_.table)});
    }
  } catch (const Error& error) {
    // As with checks: the tries below tell.
    if (error.code() != ErrorCode::target) throw;
    connection_.exec("ROLLBACK TO SAVEPOINT planrun_place");
  }
  connection_.exec("RELEASE SAVEPOINT planrun_place");
  take_out(found, failures);
}

Moved Stage::insert(const std::string& range) {
  std::string values;
  for (const std::size_t i : load_.columns) {
    const ColumnSchema& column = load_.table->columns[i];
    if (!values.empty()) values += ", ";
    values += quote_name(column.name);
    if (column.type.kind == TypeKind::other) values += "::" + column.type.sql;
  }
  // Identity columns that are always generated take our values too, as with COPY.
  const Result moved = connection_.exec("INSERT INTO " + table_ + " (" + column_list(load_) +
                                        ") OVERRIDING SYSTEM VALUE SELECT " + values + " FROM " + kStage +
                                        " WHERE " + range + " ORDER BY " + kOrdinal);
  return {moved.affected(), 0};
}

std::optional<Moved> Stage::try_write(const WriteRange& write, std::int64_t from, std::int64_t until) {
  connection_.exec("SAVEPOINT planrun_move");
  try {
    const Moved moved = write(std::string(kOrdinal) + " >= " + std::to_string(from) + " AND " + kOrdinal +
                              " < " + std::to_string(until));
    connection_.exec("RELEASE SAVEPOINT planrun_move");
    return moved;
  } catch (const Error& error) {
    if (!blames_a_row(error.sqlstate())) throw;
  }
  connection_.exec("ROLLBACK TO SAVEPOINT planrun_move; RELEASE SAVEPOINT planrun_move");
  return std::nullopt;
}

Moved Stage::bisect(const WriteRange& write, std::int64_t count, std::vector<RowFailure>& failures) {
  connection_.exec(std::string("CREATE INDEX ON ") + kStage + " (" + kOrdinal + "); ANALYZE " + kStage);
  // Earlier ranges lie above later ones, so that of two rows with one key the first stays.
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges = {{0, count}};
  bool known_wrong = true;  // the whole range has just failed
  Moved moved;
  while (!ranges.empty()) {
    const auto [from, until] = ranges.back();
    ranges.pop_back();
    if (!known_wrong) {
      if (const auto now = try_write(write, from, until)) {
        moved.rows += now->rows;
        moved.rows_updated += now->rows_updated;
        continue;
      }
    }
    if (until - from == 1) {
      if (known_wrong) try_write(write, from, until);  // for its own words
      failures.push_back(failure_of(from, *load_.table, connection_.last_diagnosis()));
    } else {
      const std::int64_t middle = from + (until - from) / 2;
      ranges.emplace_back(middle, until);
      ranges.emplace_back(from, middle);
    }
    known_wrong = false;
  }
  return moved;
}

}  // namespace planrun
