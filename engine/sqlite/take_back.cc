#include "sqlite/take_back.h"

#include <algorithm>
#include <optional>

#include "base/hash.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/applied_sql.h"
#include "sqlite/catalog.h"
#include "sqlite/orphans.h"

namespace planrun {
namespace {

struct UndoRow {
  std::string key;
  std::string op;
  std::string before;
  std::string after_hash;
};

/// `use` is told each undo row of the run in the table, the last one first; false ends it.
template <typename Use>
void each_undo_row(SqliteConnection& connection, const SqliteLedgerTables& ledger, const std::string& run,
                   const std::string& table, CountedRows counted, Use use) {
  Statement row(connection, "select key, op, before, after_hash from " + ledger.undo +
                                " where run = ?1 and \"table\" = ?2 and op <> 'sequence' and (?3 or op <> "
                                "'left') order by id desc");
  row.bind(1, std::string_view(run)).bind(2, std::string_view(table));
  row.bind(3, std::int64_t{counted == CountedRows::written_and_left});
  while (row.step() && use(UndoRow{row.text(0), row.text(1), row.text(2), row.text(3)})) {
  }
}

void bind_row_key(Statement& statement, const Key& key) {
  for (std::size_t i = 0; i < key.values.size(); ++i) statement.bind(static_cast<int>(i) + 1, key.values[i]);
}

/// SQLite cannot switch a trigger off: it goes and is made again, in the same transaction.
std::vector<std::string> drop_triggers(SqliteConnection& connection, const std::string& table) {
  std::vector<std::pair<std::string, std::string>> found;
  {
    Statement row(
        connection,
        "select name, sql from sqlite_schema where type = 'trigger' and tbl_name = ?1 collate nocase "
        "order by rowid");
    row.bind(1, std::string_view(table));
    while (row.step()) found.emplace_back(row.text(0), row.text(1));
  }
  std::vector<std::string> again;
  for (const auto& [name, sql] : found) {
    connection.execute("drop trigger " + quote_name(name));
    again.push_back(sql);
  }
  return again;
}

bool has_sequences(SqliteConnection& connection) {
  Statement row(connection, "select 1 from sqlite_schema where type = 'table' and name = 'sqlite_sequence'");
  return row.step();
}

/// One from which somebody has taken a value for a row that is there stays as it is.
void restore_sequence(SqliteConnection& connection, const SqliteLedgerTables& ledger, const std::string& run,
                      const std::string& table) {
  if (!has_sequences(connection)) return;
  std::optional<std::int64_t> before;
  {
    Statement kept(connection, "select cast(before as integer), before is null from " + ledger.undo +
                                   " where run = ?1 and \"table\" = ?2 and op = 'sequence'");
    kept.bind(1, std::string_view(run)).bind(2, std::string_view(table));
    if (!kept.step()) return;
    if (kept.integer(1) == 0) before = kept.integer(0);
  }
  const std::string untouched = " where name = ?1 and not exists (select 1 from " + quote_name(table) +
                                (before ? " where rowid > ?2)" : ")");
  Statement restore(
      connection,
      (before ? "update sqlite_sequence set seq = ?2" : "delete from sqlite_sequence") + untouched);
  restore.bind(1, std::string_view(table));
  if (before) restore.bind(2, *before);
  restore.run();
}

/// Columns of the schema that the table has now, of those that a row's `before` holds; throws where the key
/// that names its rows is not whole.
std::vector<std::string> columns_left(SqliteConnection& connection, const TableSchema& table) {
  const auto there = column_names(connection, table.name);
  for (const auto& name : table.row_key()->columns) {
    if (is_in(there, name)) continue;
    throw Error(ErrorCode::refused,
                connection.shown() + ": table " + table.name + " has no column " + name +
                    " any more, by which the run's rows are found",
                "add the column again with what it held, then run the same command again");
  }
  std::vector<std::string> left;
  for (const auto& column : table.columns) {
    if (column.generated_sql.empty() && is_in(there, column.name)) left.push_back(quote_name(column.name));
  }
  return left;
}

void forget_undo(SqliteConnection& connection, const SqliteLedgerTables& ledger, const std::string& run,
                 const std::string& table) {
  Statement forget(connection, "delete from " + ledger.undo + " where run = ?1 and \"table\" = ?2");
  forget.bind(1, std::string_view(run)).bind(2, std::string_view(table)).run();
}

}  // namespace

std::vector<LaterWriter> find_later_writers(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                                            const std::string& run,
                                            std::span<const TableSchema* const> tables) {
  std::vector<LaterWriter> writers;
  Statement row(connection,
                "select r.id, r.plan, count(*) from " + ledger.run + " r join " + ledger.undo +
                    " o on o.run = r.id and o.\"table\" = ?2 where r.started_at > (select started_at from " +
                    ledger.run + " where id = ?1) and o.op <> 'sequence' and (?3 or exists (select 1 from " +
                    ledger.undo +
                    " u where u.run = ?1 and u.\"table\" = ?2 and u.key = o.key and u.op in ('insert', "
                    "'update'))) group by 1, 2 order by 1");
  for (const TableSchema* table : tables) {
    row.bind(1, std::string_view(run)).bind(2, std::string_view(table->name));
    row.bind(3, std::int64_t{table->exists ? 0 : 1});
    while (row.step()) writers.push_back({table->name, row.text(0), row.text(1), row.integer(2)});
    row.reset();
  }
  return writers;
}

void keep_sequence(SqliteConnection& connection, const SqliteLedgerTables& ledger, const std::string& run,
                   const std::string& table) {
  if (!has_sequences(connection)) return;
  Statement keep(connection,
                 "insert or ignore into " + ledger.undo +
                     " (run, load, chunk, \"table\", key, op, before, after_hash) values (?1, '', 0, ?2, "
                     "'sequence', 'sequence', (select seq from sqlite_sequence where name = ?2), '')");
  keep.bind(1, std::string_view(run)).bind(2, std::string_view(table)).run();
}

std::vector<ChangedRow> find_changed_rows(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                                          const std::string& run, const TableSchema& table,
                                          CountedRows counted, std::size_t limit) {
  const auto there = column_names(connection, table.name);
  const auto is_gone = [&](const ColumnSchema& column) { return !is_in(there, column.name); };
  // Which is told by itself, and no row is as it was.
  if (std::ranges::any_of(table.columns, is_gone)) return {};
  Statement now(connection, "select " + row_literals_sql(table) + " from " + quote_name(table.name) +
                                " where " + row_key_equals_sql(table, 1));
  std::vector<ChangedRow> changed;
  each_undo_row(connection, ledger, run, table.name, counted, [&](const UndoRow& undo) {
    const Key key = key_from_json(undo.key);
    bind_row_key(now, key);
    const bool gone = !now.step();
    if (gone || (undo.op != "left" && to_hex(xxh3_128(now.text(0))) != undo.after_hash))
      changed.push_back({undo.key, gone});
    now.reset();
    return changed.size() < limit;
  });
  return changed;
}

std::int64_t take_rows_back(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                            const std::string& run, const TableSchema& table) {
  if (column_names(connection, table.name).empty()) {
    forget_undo(connection, ledger, run, table.name);
    return 0;
  }
  const std::string columns = join(columns_left(connection, table), ", ");
  const OrphanCounts orphans(connection, table.name, children_of(connection, table.name));
  const auto triggers = drop_triggers(connection, table.name);
  std::int64_t count = 0;
  const std::string of_row = " where " + row_key_equals_sql(table, 1);
  Statement remove(connection, "delete from " + quote_name(table.name) + of_row);
  // What was inserted may hold a unique value that a row had before, and what was updated later one that was
  // updated earlier.
  for (const std::string op : {"insert", "update"}) {
    each_undo_row(connection, ledger, run, table.name, CountedRows::written, [&](const UndoRow& undo) {
      if (undo.op != op) return true;
      const Key key = key_from_json(undo.key);
      if (op == "insert") {
        bind_row_key(remove, key);
        remove.run();
      } else {
        Statement restore(connection, "with before(" + written_columns_sql(table) + ") as (values (" +
                                          undo.before + ")) update or abort " + quote_name(table.name) +
                                          " set (" + columns + ") = (select " + columns + " from before)" +
                                          of_row);
        bind_row_key(restore, key);
        try {
          restore.run();
        } catch (const Error& error) {
          if (error.sqlstate().empty()) throw;
          throw cannot_restore(table.name, undo.key, error);
        }
      }
      count += sqlite3_changes64(connection.get());
      return true;
    });
  }
  std::vector<std::string> referring;
  for (const auto& more : orphans.more())
    referring.push_back(counted(more.rows, "row") + " of table " + more.child);
  if (!referring.empty()) {
    throw Error(
        ErrorCode::refused,
        connection.shown() + ": rows that are not of the run refer to rows that it inserted into table " +
            table.name + ": " + join(referring, ", "),
        "delete them or let them refer to other rows, then run the same command again; --discard-later "
        "does not take them");
  }
  for (const auto& sql : triggers) connection.execute(sql);
  restore_sequence(connection, ledger, run, table.name);
  forget_undo(connection, ledger, run, table.name);
  return count;
}

}  // namespace planrun
