#include "postgres/apply.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

constexpr const char* kLater = "pg_temp.\"planrun_later\"";
// Names of rows in our statements, which no column of the table has.
constexpr const char* kStaged = "\"planrun_staged\"";
constexpr std::int64_t kRowsWorthStatistics = 1000;

std::string column_of(const LoadTarget& load, std::size_t column) {
  return quote_name(load.table->columns[column].name);
}

bool holds(const std::vector<std::size_t>& list, std::size_t column) {
  return std::find(list.begin(), list.end(), column) != list.end();
}

/// Whether a value may be equal to another one for the server, and other bytes: citext, -0, a collation that
/// overlooks letters.
bool has_spellings(const ColumnSchema& column) {
  const TypeKind kind = column.type.kind;
  return kind == TypeKind::other || kind == TypeKind::real || kind == TypeKind::double_precision ||
         kind == TypeKind::interval || !column.collation.empty();
}

std::vector<std::int64_t> ordinals_of(const Result& rows) {
  std::vector<std::int64_t> ordinals;
  for (int i = 0; i < rows.rows(); ++i) ordinals.push_back(rows.integer(i, 0));
  return ordinals;
}

void append(std::vector<std::int64_t>& list, const std::vector<std::int64_t>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

}  // namespace

std::string row_key_sql(const TableSchema& table, const std::string& alias) {
  std::vector<std::string> parts;
  for (const auto& name : table.row_key()->columns)
    parts.push_back(alias + "." + quote_name(name) + "::text");
  return "jsonb_build_array(" + join(parts, ", ") + ")::text";
}

std::string is_row_of_undo(const TableSchema& table, const std::string& alias, const std::string& undo) {
  std::vector<std::string> parts;
  const auto& names = table.row_key()->columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    parts.push_back(alias + "." + quote_name(names[i]) + " = (" + undo + ".key::jsonb ->> " +
                    std::to_string(i) + ")::" + table.find(names[i])->type.sql);
  }
  return join(parts, " AND ");
}

Apply::Apply(PostgresConnection& connection, const PostgresContext& context, Stage& stage,
             const LoadTarget& load, std::string run, std::int64_t chunk)
    : connection_(connection),
      stage_(stage),
      load_(load),
      table_(stage.table()),
      undo_(context.ledger.undo),
      run_(quote_literal(run)),
      chunk_(std::to_string(chunk)) {}

/// A staged value as the table takes it.
std::string Apply::staged(std::size_t column, const std::string& alias) const {
  const ColumnType& type = load_.table->columns[column].type;
  return alias + "." + column_of(load_, column) + (type.kind == TypeKind::other ? "::" + type.sql : "");
}

std::string Apply::same_key(const std::string& target, const std::string& stage) const {
  std::vector<std::string> parts;
  for (const std::size_t i : load_.key) {
    parts.push_back(target + "." + column_of(load_, i) + " = " + staged(i, stage));
  }
  return join(parts, " AND ");
}

/// In the loaded columns, by their texts: some types (json) have no equality, and for some (numeric) it says
/// less than the bytes.
std::string Apply::equal_rows(const std::string& a, bool a_is_stage, const std::string& b) const {
  std::vector<std::string> left;
  std::vector<std::string> right;
  for (const std::size_t i : load_.columns) {
    left.push_back((a_is_stage ? staged(i, a) : a + "." + column_of(load_, i)) + "::text");
    right.push_back(staged(i, b) + "::text");
  }
  return "ROW(" + join(left, ", ") + ") IS NOT DISTINCT FROM ROW(" + join(right, ", ") + ")";
}

std::string Apply::row_key(const std::string& alias) const {
  return row_key_sql(*load_.table, alias);
}

std::string Apply::undo_into() const {
  return " INSERT INTO " + undo_ + " (run, load, chunk, \"table\", key, op, before, after_hash) SELECT " +
         run_ + ", " + quote_literal(load_.load) + ", " + chunk_ + ", " + quote_literal(load_.table->name);
}

Flushed Apply::run(std::int64_t count) {
  Flushed flushed;
  const bool by_key = load_.write != WriteMode::insert;
  if (by_key) take_null_keys(flushed);
  do {
    if (by_key) {
      if (count > kRowsWorthStatistics) connection_.exec(std::string("ANALYZE ") + Stage::name());
      set_later_rows_aside();
      take_rows_of_this_run(flushed);
      take_rows_of_others(flushed);
    }
    write(count, flushed);
  } while (by_key && take_later_rows());
  stage_.drop();
  std::sort(flushed.failures.begin(), flushed.failures.end(),
            [](const RowFailure& a, const RowFailure& b) { return a.ordinal < b.ordinal; });
  std::sort(flushed.merged.begin(), flushed.merged.end());
  std::sort(flushed.left.begin(), flushed.left.end());
  return flushed;
}

void Apply::take_null_keys(Flushed& flushed) {
  std::string which;
  std::vector<std::string> any;
  for (const std::size_t i : load_.key) {
    any.push_back(column_of(load_, i) + " IS NULL");
    which += " WHEN " + any.back() + " THEN " + quote_literal(load_.table->columns[i].name);
  }
  const Result rows =
      connection_.exec(std::string("DELETE FROM ") + Stage::name() + " WHERE " + join(any, " OR ") +
                       " RETURNING " + Stage::ordinal() + ", CASE" + which + " END");
  for (int i = 0; i < rows.rows(); ++i) {
    flushed.failures.push_back(
        {rows.integer(i, 0), rows.text(i, 1), "the key by which a row is found is null"});
  }
}

/// Of the rows with one key the first goes first: what becomes of the others depends on whether the table
/// takes it.
void Apply::set_later_rows_aside() {
  std::vector<std::string> keys;
  for (const std::size_t i : load_.key) keys.push_back(staged(i, "s"));
  const std::string key = join(keys, ", ");
  connection_.exec(
      std::string("DROP TABLE IF EXISTS ") + kLater +
      "; CREATE TEMP TABLE \"planrun_later\" ON COMMIT DROP AS SELECT * FROM (SELECT s.*, row_number() "
      "OVER (PARTITION BY " +
      key + " ORDER BY " + Stage::ordinal() + ") AS \"planrun_place\" FROM " + Stage::name() +
      " s) n WHERE \"planrun_place\" > 1; ALTER TABLE " + kLater +
      " DROP COLUMN \"planrun_place\"; DELETE FROM " + Stage::name() + " s USING " + kLater + " l WHERE s." +
      Stage::ordinal() + " = l." + Stage::ordinal());
}

/// An equal row is merged into the one that is there; another row of the same key is refused. In a table of
/// the plan's own all rows are the run's.
void Apply::take_rows_of_this_run(Flushed& flushed) {
  // OFFSET keeps the look-up by key apart: statistics of the ledger are those of before the run, and a join
  // of all of its rows with all of ours would take hours.
  const std::string ours = load_.table->exists ? " JOIN LATERAL (SELECT run, \"table\", load FROM " + undo_ +
                                                     " WHERE key = " + row_key(kRow) +
                                                     " AND op <> 'left' OFFSET 0) u ON u.run = " + run_ +
                                                     " AND u.\"table\" = " + quote_literal(load_.table->name)
                                               : "";
  const Result rows = connection_.exec(
      "WITH hit AS MATERIALIZED (SELECT " + std::string(kStaged) + "." + Stage::ordinal() + " AS ordinal, " +
      equal_rows(kRow, false, kStaged) + " AS same, " + (load_.table->exists ? "u.load" : "NULL") +
      " AS load FROM " + Stage::name() + " " + kStaged + " JOIN " + table_ + " " + kRow + " ON " +
      same_key(kRow, kStaged) + ours + "), gone AS (DELETE FROM " + Stage::name() + " s USING hit WHERE s." +
      Stage::ordinal() + " = hit.ordinal) SELECT ordinal, same, load FROM hit");
  for (int i = 0; i < rows.rows(); ++i) {
    if (rows.truth(i, 1)) {
      flushed.merged.push_back(rows.integer(i, 0));
      continue;
    }
    std::string reason = "another row of the same key was written by this run";
    if (!rows.is_null(i, 2) && rows.view(i, 2) != load_.load) reason += ", by load " + rows.text(i, 2);
    flushed.failures.push_back({rows.integer(i, 0), "", reason});
  }
}

void Apply::take_rows_of_others(Flushed& flushed) {
  if (!load_.table->exists || load_.write == WriteMode::replace) return;
  const std::string found = std::string(" FROM ") + Stage::name() + " " + kStaged + " JOIN " + table_ + " " +
                            kRow + " ON " + same_key(kRow, kStaged);
  const std::string ordinal = std::string(kStaged) + "." + Stage::ordinal();
  if (load_.write == WriteMode::insert_missing) {
    const Result rows =
        connection_.exec("WITH hit AS MATERIALIZED (SELECT " + ordinal + " AS ordinal, " + row_key(kRow) +
                         " AS key" + found + "), gone AS (DELETE FROM " + Stage::name() +
                         " s USING hit WHERE s." + Stage::ordinal() + " = hit.ordinal), noted AS (" +
                         undo_into() + ", key, 'left', NULL, '' FROM hit) SELECT ordinal FROM hit");
    const auto left = ordinals_of(rows);
    append(flushed.left, left);
    flushed.rows_unchanged += static_cast<std::int64_t>(left.size());
    return;
  }
  // What is found equal is proved with the rest: undo names it.
  const Result same = connection_.exec(
      "WITH hit AS MATERIALIZED (SELECT " + ordinal + " AS ordinal, " + row_key(kRow) + " AS key, md5(" +
      std::string(kRow) + "::text) AS hash" + found + " WHERE " + equal_rows(kRow, false, kStaged) +
      " FOR SHARE OF " + kRow + "), gone AS (DELETE FROM " + Stage::name() + " s USING hit WHERE s." +
      Stage::ordinal() + " = hit.ordinal)" + undo_into() + ", key, 'same', NULL, hash FROM hit");
  flushed.rows_unchanged += same.affected();
}

void Apply::write(std::int64_t count, Flushed& flushed) {
  const std::int64_t rows =
      connection_.exec(std::string("SELECT count(*) FROM ") + Stage::name()).integer(0, 0);
  if (rows == 0) return;
  const bool updates = load_.write == WriteMode::upsert || load_.write == WriteMode::replace;
  const auto range_by_range = [&](const std::string& range) {
    Moved moved;
    if (updates) moved.rows_updated = update(range);
    moved.rows = moved.rows_updated + insert(range);
    return moved;
  };
  const Moved moved = stage_.write_by(range_by_range, count, rows, flushed.failures);
  flushed.rows_updated += moved.rows_updated;
  flushed.rows_inserted += moved.rows - moved.rows_updated;
}

std::int64_t Apply::update(const std::string& range) {
  std::vector<std::string> set;
  for (std::size_t i = 0; i < load_.table->columns.size(); ++i) {
    const ColumnSchema& column = load_.table->columns[i];
    if (!column.generated_sql.empty()) continue;
    if (holds(load_.key, i) && (column.identity != Identity::none || !has_spellings(column))) continue;
    if (holds(load_.columns, i)) {
      set.push_back(column_of(load_, i) + " = " + staged(i, kStaged));
    } else if (load_.write == WriteMode::replace && column.identity != Identity::always &&
               !holds(load_.table->places(load_.table->row_key()->columns), i)) {
      set.push_back(column_of(load_, i) + " = DEFAULT");
    }
  }
  // Nothing but the key is loaded: the rows that are there hold it already.
  if (set.empty())
    set.push_back(column_of(load_, load_.key.front()) + " = " + staged(load_.key.front(), kStaged));
  const std::string join_rows = same_key(kRow, kStaged);
  const std::string ordinal = std::string(kStaged) + "." + Stage::ordinal();
  // A row is updated from `old` alone, so that it is locked and told before it changes.
  return connection_
      .exec("WITH old AS MATERIALIZED (SELECT " + ordinal + " AS ordinal, " + kRow +
            "::text AS before FROM " + table_ + " " + kRow + " JOIN (SELECT * FROM " + Stage::name() +
            " WHERE " + range + ") " + kStaged + " ON " + join_rows + " FOR UPDATE OF " + kRow +
            "), changed AS (UPDATE " + table_ + " " + kRow + " SET " + join(set, ", ") + " FROM " +
            Stage::name() + " " + kStaged + " JOIN old ON old.ordinal = " + ordinal + " WHERE " + join_rows +
            " RETURNING " + row_key(kRow) + " AS key, old.before, md5(" + kRow + "::text) AS hash)" +
            undo_into() + ", key, 'update', before, hash FROM changed")
      .affected();
}

std::int64_t Apply::insert(const std::string& range) {
  std::vector<std::string> values;
  for (const std::size_t i : load_.columns) values.push_back(staged(i, kStaged));
  std::string sql = "INSERT INTO " + table_ + " AS " + kRow + " (" + column_list(load_) +
                    ") OVERRIDING SYSTEM VALUE SELECT " + join(values, ", ") + " FROM " + Stage::name() +
                    " " + kStaged + " WHERE " + range;
  if (load_.write != WriteMode::insert) {
    sql += " AND NOT EXISTS (SELECT FROM " + table_ + " " + kRow + " WHERE " + same_key(kRow, kStaged) + ")";
  }
  sql += std::string(" ORDER BY ") + kStaged + "." + Stage::ordinal();
  if (!load_.table->exists) return connection_.exec(sql).affected();
  if (load_.write != WriteMode::insert) {
    // Somebody who has inserted the row meanwhile makes this a failed serialization: the chunk is tried
    // again.
    std::vector<std::string> keys;
    for (const std::size_t i : load_.key) keys.push_back(column_of(load_, i));
    sql += " ON CONFLICT (" + join(keys, ", ") + ") DO NOTHING";
  }
  return connection_
      .exec("WITH made AS (" + sql + " RETURNING " + row_key(kRow) + " AS key, md5(" + kRow +
            "::text) AS hash)" + undo_into() + ", key, 'insert', NULL, hash FROM made")
      .affected();
}

/// False: there were none.
bool Apply::take_later_rows() {
  connection_.exec(std::string("DELETE FROM ") + Stage::name());
  return connection_.exec(std::string("INSERT INTO ") + Stage::name() + " SELECT * FROM " + kLater)
             .affected() > 0;
}

}  // namespace planrun
