#include "sqlite/ledger_tables.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "sql/quote.h"

namespace planrun {
namespace {

void bind_optional(Statement& statement, int parameter, const std::optional<std::string>& text) {
  if (text) {
    statement.bind(parameter, std::string_view(*text));
  } else {
    statement.bind_null(parameter);
  }
}

/// What bind_result() binds, as texts: they must outlive the statement.
struct ResultSums {
  explicit ResultSums(const ChunkResult& result)
      : digest(sums_to_text(result.digest)), told(sums_to_text(result.told)) {}
  std::string digest;
  std::string told;
};

/// Eighteen parameters from `first`.
void bind_result(Statement& statement, int first, const ChunkResult& result, const ResultSums& sums,
                 int worker) {
  statement.bind(first, result.balance.rows_read)
      .bind(first + 1, result.balance.rows_written)
      .bind(first + 2, result.balance.rows_rejected)
      .bind(first + 3, result.balance.rows_dropped)
      .bind(first + 4, result.balance.rows_merged)
      .bind(first + 5, result.balance.rows_emitted)
      .bind(first + 6, result.balance.rows_inserted)
      .bind(first + 7, result.balance.rows_updated)
      .bind(first + 8, result.balance.rows_unchanged)
      .bind(first + 9, result.balance.rows_emitted_merged)
      .bind(first + 10, result.digest.rows)
      .bind(first + 11, std::string_view(sums.digest))
      .bind(first + 12, result.told.rows)
      .bind(first + 13, std::string_view(sums.told))
      .bind(first + 14, result.bytes)
      .bind(first + 15, result.seconds)
      .bind(first + 16, now_micros())
      .bind(first + 17, static_cast<std::int64_t>(worker));
}

}  // namespace

SqliteLedgerTables::SqliteLedgerTables(std::string file, const std::string& prefix)
    : version(quote_name(prefix + "_version")),
      run(quote_name(prefix + "_run")),
      step(quote_name(prefix + "_step")),
      chunk(quote_name(prefix + "_chunk")),
      reject(quote_name(prefix + "_reject")),
      undo(quote_name(prefix + "_undo")),
      check_result(quote_name(prefix + "_check_result")),
      verification(quote_name(prefix + "_verification")),
      alert(quote_name(prefix + "_alert")),
      pause(quote_name(prefix + "_pause")),
      pause_name(prefix + "_pause"),
      file_(std::move(file)),
      prefix_(prefix) {}

bool SqliteLedgerTables::are_in(SqliteConnection& connection) const {
  {
    Statement table(connection, "select 1 from sqlite_schema where type = 'table' and name = ?1");
    const std::string name = prefix_ + "_version";
    table.bind(1, std::string_view(name));
    if (!table.step()) return false;
  }
  Statement row(connection, "select version from " + version);
  const std::int64_t found = row.step() ? row.integer(0) : 0;
  if (found == kLedgerVersion) return true;
  throw Error(
      ErrorCode::refused,
      "the ledger in " + file_ + " (" + prefix_ + "_version) has version " + std::to_string(found) +
          ", this program writes version " + std::to_string(kLedgerVersion),
      found > kLedgerVersion
          ? "use the newer planrun that made it, or another ledger name in the plan's [target]"
          : "take its runs back, or go on with them, by the planrun that made it; a new run begins under "
            "another ledger name in the plan's [target]");
}

void SqliteLedgerTables::create(SqliteConnection& connection) const {
  const std::string index = quote_name(prefix_ + "_chunk_state");
  const std::string rejects = quote_name(prefix_ + "_reject_run");
  const std::string undo_keys = quote_name(prefix_ + "_undo_key");
  const std::string verified = quote_name(prefix_ + "_check_result_verification");
  connection.execute(
      "create table " + version +
      " (version integer not null, made_at integer not null);\n"
      "create table " +
      run +
      " (id text primary key not null, plan text not null, state text not null, "
      "fingerprint text not null, resolved_plan text not null, snapshots text not null, "
      "plan_text text not null, scripts text not null, summary text not null, "
      "program_version text not null, host text not null, process integer not null, started_at integer not "
      "null, "
      "updated_at integer not null, finished_at integer not null);\n"
      "create table " +
      step +
      " (run text not null, id text not null, kind text not null, \"table\" text not null, "
      "state text not null, seconds real not null default 0, detail text not null default '', "
      "started_at integer not null default 0, worker integer not null default 0, "
      "needs text not null default '[]', primary key (run, id));\n"
      "create table " +
      chunk +
      " (id integer primary key, run text not null, load text not null, "
      "kind text not null default 'load', range_from text, range_until text, state text not null default "
      "'pending', "
      "rows_read integer not null default 0, rows_written integer not null default 0, "
      "rows_rejected integer not null default 0, rows_dropped integer not null default 0, "
      "rows_merged integer not null default 0, rows_emitted integer not null default 0, "
      "rows_inserted integer not null default 0, rows_updated integer not null default 0, "
      "rows_unchanged integer not null default 0, rows_emitted_merged integer not null default 0, "
      "digest_rows integer not null default 0, "
      "digest_sum text not null default '00000000000000000000000000000000', "
      "told_rows integer not null default 0, "
      "told_sum text not null default '00000000000000000000000000000000', bytes integer not null default 0, "
      "seconds real not null default 0, finished_at integer not null default 0, "
      "worker integer not null default 0);\n"
      "create index " +
      index + " on " + chunk +
      " (run, state);\n"
      "create table " +
      reject +
      " (id integer primary key, run text not null, chunk integer not null, "
      "load text not null, source text not null, source_table text not null, key text not null, "
      "column_name text not null, value text not null, reason text not null, row text not null, "
      "kind text not null);\n"
      "create index " +
      rejects + " on " + reject +
      " (run);\n"
      "create table " +
      undo +
      " (id integer primary key, run text not null, load text not null, chunk integer not null, "
      "\"table\" text not null, key text not null, op text not null, before text, after_hash text not "
      "null);\n"
      "create unique index " +
      undo_keys + " on " + undo +
      " (run, \"table\", key, (op = 'left'));\n"
      "create table " +
      check_result +
      " (id integer primary key, run text not null, name text not null, "
      "severity text not null, status text not null, expected text not null, found text not null, "
      "message text not null, checked_at integer not null, verification integer);\n"
      "create index " +
      verified + " on " + check_result +
      " (verification);\n"
      "create table " +
      verification +
      " (id integer primary key, plan text not null, run text not null, started_at integer not null, "
      "finished_at integer not null, source text not null, verdict text not null, rows_read integer not "
      "null, differences integer not null, checks_failed integer not null, message text not null, summary "
      "text not null, host text not null);\n"
      "create table " +
      alert +
      " (plan text not null, name text not null, raised integer not null, changed_at integer not null, sent "
      "integer not null, message text not null, failure text not null, primary key (plan, name));\n"
      "insert into " +
      version + " values (" + std::to_string(kLedgerVersion) + ", " + std::to_string(now_micros()) + ");");
}

bool SqliteLedgerTables::is_step_done(SqliteConnection& connection, const std::string& run_id,
                                      const std::string& id) const {
  Statement row(connection, "select state = 'done' from " + step + " where run = ?1 and id = ?2");
  row.bind(1, std::string_view(run_id)).bind(2, std::string_view(id));
  return row.step() && row.integer(0) != 0;
}

void SqliteLedgerTables::mark_step_done(SqliteConnection& connection, const std::string& run_id,
                                        const StepRecord& done) const {
  Statement row(
      connection,
      "insert into " + step +
          " (run, id, kind, \"table\", state, seconds, started_at, worker) "
          "values (?1, ?2, ?3, ?4, 'done', ?5, ?6, ?7) "
          "on conflict (run, id) do update set state = 'done', seconds = excluded.seconds, detail = '', "
          "started_at = excluded.started_at, worker = excluded.worker");
  row.bind(1, std::string_view(run_id))
      .bind(2, std::string_view(done.id))
      .bind(3, std::string_view(done.kind));
  row.bind(4, std::string_view(done.table)).bind(5, done.seconds).bind(6, done.started_at);
  row.bind(7, static_cast<std::int64_t>(done.worker)).run();
}

void SqliteLedgerTables::add_pending(SqliteConnection& connection, const std::string& run_id,
                                     const Chunk& added) const {
  const auto from = bound_text(added.range.from);
  const auto until = bound_text(added.range.until);
  Statement row(connection,
                "insert into " + chunk + " (run, load, range_from, range_until) values (?1, ?2, ?3, ?4)");
  row.bind(1, std::string_view(run_id)).bind(2, std::string_view(added.load));
  bind_optional(row, 3, from);
  bind_optional(row, 4, until);
  row.run();
}

void SqliteLedgerTables::finish_chunk(SqliteConnection& connection, std::int64_t id,
                                      const ChunkResult& result, int worker) const {
  const ResultSums sums(result);
  Statement row(
      connection,
      "update " + chunk +
          " set state = 'done', rows_read = ?2, rows_written = ?3, "
          "rows_rejected = ?4, rows_dropped = ?5, rows_merged = ?6, rows_emitted = ?7, rows_inserted = ?8, "
          "rows_updated = ?9, rows_unchanged = ?10, rows_emitted_merged = ?11, digest_rows = ?12, "
          "digest_sum = ?13, told_rows = ?14, told_sum = ?15, bytes = ?16, seconds = ?17, finished_at = ?18, "
          "worker = ?19 where id = ?1 and "
          "state = 'pending'");
  row.bind(1, id);
  bind_result(row, 2, result, sums, worker);
  row.run();
  if (sqlite3_changes64(connection.get()) != 1) {
    throw Error(ErrorCode::target,
                connection.shown() + ": chunk " + std::to_string(id) + " is not pending in the ledger");
  }
}

std::int64_t SqliteLedgerTables::add_correction(SqliteConnection& connection, const std::string& run_id,
                                                const std::string& load, const ChunkResult& result,
                                                int worker) const {
  const ResultSums sums(result);
  Statement row(
      connection,
      "insert into " + chunk +
          " (run, load, kind, state, rows_read, rows_written, rows_rejected, "
          "rows_dropped, rows_merged, rows_emitted, rows_inserted, rows_updated, rows_unchanged, "
          "rows_emitted_merged, digest_rows, digest_sum, told_rows, told_sum, bytes, seconds, finished_at, "
          "worker) "
          "values (?1, ?2, "
          "'correction', 'done', "
          "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)");
  row.bind(1, std::string_view(run_id)).bind(2, std::string_view(load));
  bind_result(row, 3, result, sums, worker);
  row.run();
  return sqlite3_last_insert_rowid(connection.get());
}

Statement SqliteLedgerTables::prepare_reject(SqliteConnection& connection) const {
  return {connection, "insert into " + reject +
                          " (run, chunk, load, source, source_table, key, column_name, value, "
                          "reason, row, kind) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
}

void SqliteLedgerTables::add_reject(Statement& row, const std::string& run_id, std::int64_t chunk_id,
                                    const std::string& load, const Reject& kept) {
  const std::string key = to_json(kept.key);
  row.bind(1, std::string_view(run_id)).bind(2, chunk_id).bind(3, std::string_view(load));
  row.bind(4, std::string_view(kept.source))
      .bind(5, std::string_view(kept.table))
      .bind(6, std::string_view(key));
  row.bind(7, std::string_view(kept.column)).bind(8, std::string_view(kept.value));
  row.bind(9, std::string_view(kept.reason)).bind(10, std::string_view(kept.row));
  row.bind(11, to_string(kept.kind)).run();
}

std::optional<std::string> bound_text(const std::optional<Key>& bound) {
  return bound ? std::optional(to_json(*bound)) : std::nullopt;
}

std::optional<Key> bound_of(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return key_from_json(row.text(column));
}

}  // namespace planrun
