#include "postgres/ledger_tables.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "sql/quote.h"

namespace planrun {

namespace {

// A DDL that waits for a lock makes everybody behind it wait too: it gives way soon and is tried again.
constexpr const char* kDdlLockTimeout = "SET LOCAL lock_timeout = '3s'";

// Of a source of many files there are thousands of chunks: a statement each would be a round trip each.
constexpr std::size_t kChunksAtOnce = 500;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string ledger_ddl(const PostgresLedgerTables& t) {
  return "CREATE TABLE IF NOT EXISTS " + t.version +
         " (version int NOT NULL, made_at timestamptz NOT NULL DEFAULT now());"
         // Times are microseconds since 1970-01-01 UTC; 0: not yet.
         "CREATE TABLE IF NOT EXISTS " +
         t.run +
         " (id text PRIMARY KEY, plan text NOT NULL, state text NOT NULL, fingerprint text NOT NULL,"
         " resolved_plan text NOT NULL, snapshots text NOT NULL, plan_text text NOT NULL, scripts text NOT "
         "NULL,"
         " summary text NOT NULL, program_version text NOT NULL,"
         " host text NOT NULL, process bigint NOT NULL, started_at bigint NOT NULL, updated_at bigint NOT "
         "NULL,"
         " finished_at bigint NOT NULL);"
         "CREATE TABLE IF NOT EXISTS " +
         t.step +
         " (run text NOT NULL, id text NOT NULL, place bigint GENERATED ALWAYS AS IDENTITY, kind text NOT "
         "NULL,"
         " \"schema\" text NOT NULL, \"table\" text NOT NULL, state text NOT NULL, seconds double precision "
         "NOT NULL,"
         " detail text NOT NULL, started_at bigint NOT NULL DEFAULT 0, worker int NOT NULL DEFAULT 0,"
         " needs text NOT NULL DEFAULT '[]', PRIMARY KEY (run, id));"
         "CREATE TABLE IF NOT EXISTS " +
         t.chunk +
         " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, load text NOT NULL,"
         " kind text NOT NULL CHECK (kind IN ('load', 'correction')), range_from text, range_until text,"
         " state text NOT NULL CHECK (state IN ('pending', 'done')), rows_read bigint, rows_written bigint,"
         " rows_rejected bigint, rows_dropped bigint, rows_merged bigint, rows_emitted bigint,"
         " rows_inserted bigint, rows_updated bigint, rows_unchanged bigint, rows_emitted_merged bigint,"
         " digest_rows bigint, digest_sum text, told_rows bigint, told_sum text, bytes bigint, seconds "
         "double precision,"
         " finished_at bigint NOT NULL DEFAULT 0, worker int NOT NULL DEFAULT 0);"
         "CREATE INDEX IF NOT EXISTS chunk_run_load ON " +
         t.chunk +
         " (run, load, id);"
         "CREATE TABLE IF NOT EXISTS " +
         t.reject +
         " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, load text NOT NULL,"
         " chunk bigint NOT NULL, source text NOT NULL, \"table\" text NOT NULL, key text NOT NULL,"
         " \"column\" text NOT NULL, value text NOT NULL, reason text NOT NULL, \"row\" text NOT NULL,"
         " kind text NOT NULL CHECK (kind IN ('rejected', 'merged')));"
         "CREATE INDEX IF NOT EXISTS reject_run ON " +
         t.reject +
         " (run, id);"
         "CREATE TABLE IF NOT EXISTS " +
         t.undo +
         " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, load text NOT NULL,"
         " chunk bigint NOT NULL, \"table\" text NOT NULL, key text NOT NULL,"
         " op text NOT NULL CHECK (op IN ('insert', 'update', 'same', 'left', 'sequence')), before text, "
         "after_hash "
         "text NOT "
         "NULL);"
         "CREATE INDEX IF NOT EXISTS undo_run ON " +
         t.undo +
         " (run, load, id);"
         // A key may be longer than a btree takes.
         "CREATE INDEX IF NOT EXISTS undo_key ON " +
         t.undo +
         " USING hash (key);"
         "CREATE TABLE IF NOT EXISTS " +
         t.check_result +
         " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, name text NOT NULL,"
         " severity text NOT NULL, status text NOT NULL, expected text NOT NULL, found text NOT NULL,"
         " message text NOT NULL, checked_at bigint NOT NULL, verification bigint);"
         "CREATE INDEX IF NOT EXISTS check_result_run ON " +
         t.check_result +
         " (run, id);"
         "CREATE INDEX IF NOT EXISTS check_result_verification ON " +
         t.check_result +
         " (verification);"
         "CREATE TABLE IF NOT EXISTS " +
         t.verification +
         " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plan text NOT NULL, run text NOT NULL,"
         " started_at bigint NOT NULL, finished_at bigint NOT NULL, source text NOT NULL, verdict text NOT "
         "NULL, rows_read bigint NOT NULL, differences bigint NOT NULL, checks_failed bigint NOT NULL,"
         " message text NOT NULL, summary text NOT NULL, host text NOT NULL);"
         "CREATE TABLE IF NOT EXISTS " +
         t.alert +
         " (plan text, name text, raised boolean NOT NULL, changed_at bigint NOT NULL, sent boolean NOT NULL,"
         " message text NOT NULL, failure text NOT NULL, PRIMARY KEY (plan, name));"
         "CREATE TABLE IF NOT EXISTS " +
         t.pause +
         " (run text PRIMARY KEY, asked_by text NOT NULL, asked_at bigint NOT NULL, seen_at bigint NOT NULL);"
         "INSERT INTO " +
         t.version + " (version) SELECT " + std::to_string(kLedgerVersion) +
         " WHERE NOT EXISTS (SELECT FROM " + t.version + ")";
}

std::string relation_query(const std::string& name) {
  return "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
         " WHERE n.nspname = $1 AND c.relname = '" +
         name + "')";
}

[[noreturn]] void explain_refusal(PostgresConnection& connection, const PostgresLedgerTables& tables,
                                  const Error& error) {
  if (error.sqlstate() != "42501") throw Error(error);
  const std::string role = quote_name(connection.user());
  throw Error(ErrorCode::target,
              "the ledger's schema " + tables.schema_name + " cannot be made: " + error.what(),
              "an administrator gives what is missing: GRANT CREATE ON DATABASE " +
                  quote_name(connection.database()) + " TO " + role +
                  "; or, where the schema is there: GRANT ALL ON SCHEMA " + quote_name(tables.schema_name) +
                  " TO " + role)
      .with_sqlstate(error.sqlstate());
}

}  // namespace

PostgresLedgerTables::PostgresLedgerTables(const std::string& schema)
    : schema_name(schema),
      version(qualified(schema, "version")),
      run(qualified(schema, "run")),
      step(qualified(schema, "step")),
      chunk(qualified(schema, "chunk")),
      reject(qualified(schema, "reject")),
      undo(qualified(schema, "undo")),
      check_result(qualified(schema, "check_result")),
      verification(qualified(schema, "verification")),
      alert(qualified(schema, "alert")),
      pause(qualified(schema, "pause")) {}

bool ledger_exists(PostgresConnection& connection, const PostgresLedgerTables& tables) {
  return connection.exec(relation_query("version"), {tables.schema_name}).truth(0, 0);
}

void require_ledger_version(PostgresConnection& connection, const PostgresLedgerTables& tables) {
  const Result r = connection.exec("SELECT max(version)::text, min(version)::text FROM " + tables.version);
  const std::string mine = std::to_string(kLedgerVersion);
  const std::string found = r.is_null(0, 0) ? "none" : r.text(0, 0);
  if (found == mine && r.text(0, 1) == mine) return;
  throw Error(
      ErrorCode::refused,
      "the ledger in schema " + tables.schema_name + " has version " + found +
          "; this planrun knows version " + mine,
      "take its runs back, or go on with them, by the planrun that made it; a new run begins in another "
      "schema, named by `ledger` in the plan's [target]");
}

void create_ledger(PostgresConnection& connection, const PostgresLedgerTables& tables) {
  try {
    Transaction transaction(connection);
    connection.exec("SELECT pg_advisory_xact_lock(hashtextextended('planrun ledger ' || $1, 0))",
                    {tables.schema_name});
    // CREATE SCHEMA IF NOT EXISTS asks for CREATE on the database even where the schema is there.
    const bool there =
        connection.exec("SELECT FROM pg_namespace WHERE nspname = $1", {tables.schema_name}).rows() > 0;
    if (!there) connection.exec("CREATE SCHEMA " + quote_name(tables.schema_name));
    if (!ledger_exists(connection, tables)) connection.exec(ledger_ddl(tables));
    transaction.commit();
  } catch (const Error& error) {
    explain_refusal(connection, tables, error);
  }
}

void hold_run(PostgresConnection& connection, const PostgresLedgerTables& tables, const std::string& run) {
  const Result r = connection.exec("SELECT state FROM " + tables.run + " WHERE id = $1 FOR KEY SHARE", {run});
  if (r.rows() == 0 || (r.view(0, 0) != "rolling_back" && r.view(0, 0) != "rolled_back")) return;
  throw Error(ErrorCode::refused,
              "run " + run + " has been taken back by another process: it is " + r.text(0, 0),
              "planrun PLAN begins a new one");
}

void hold_run_alone(PostgresConnection& connection, const PostgresLedgerTables& tables,
                    const std::string& run) {
  connection.exec("SELECT FROM " + tables.run + " WHERE id = $1 FOR UPDATE", {run});
}

bool lock_step(PostgresConnection& connection, const PostgresLedgerTables& tables, const std::string& run,
               const std::string& step) {
  const Result r = connection.exec(
      "SELECT state FROM " + tables.step + " WHERE run = $1 AND id = $2 FOR UPDATE", {run, step});
  return r.rows() == 1 && r.view(0, 0) == "done";
}

void mark_step_done(PostgresConnection& connection, const PostgresLedgerTables& tables,
                    const std::string& run, const StepRecord& step) {
  const Result r =
      connection.exec("UPDATE " + tables.step +
                          " SET state = 'done', seconds = $3::double precision, started_at = $4::bigint,"
                          " worker = $5::int WHERE run = $1 AND id = $2",
                      {run, step.id, std::to_string(step.seconds), std::to_string(step.started_at),
                       std::to_string(step.worker)});
  if (r.affected() != 1) {
    throw Error(ErrorCode::system, "step " + step.id + " of run " + run + " is not in the ledger");
  }
}

void insert_pending(PostgresConnection& connection, const PostgresLedgerTables& tables,
                    const std::string& run, std::span<const Chunk> chunks) {
  for (; !chunks.empty(); chunks = chunks.subspan(std::min(chunks.size(), kChunksAtOnce))) {
    std::string rows;
    std::vector<Parameter> values = {run};
    for (const Chunk& chunk : chunks.first(std::min(chunks.size(), kChunksAtOnce))) {
      rows += rows.empty() ? "($1, " : ", ($1, ";
      for (const auto& value :
           {std::optional(chunk.load), bound_json(chunk.range.from), bound_json(chunk.range.until)}) {
        values.push_back(value);
        rows += "$" + std::to_string(values.size()) + ", ";
      }
      rows += "'load', 'pending')";
    }
    connection.exec(
        "INSERT INTO " + tables.chunk + " (run, load, range_from, range_until, kind, state) VALUES " + rows,
        values);
  }
}

void do_work(PostgresConnection& connection, const PostgresLedgerTables& tables, const StepWork& work,
             int worker) {
  if (lock_step(connection, tables, work.run, work.step)) return;
  StepRecord done;
  done.id = work.step;
  done.started_at = now_micros();
  done.worker = worker;
  const auto start = std::chrono::steady_clock::now();
  connection.exec(kDdlLockTimeout);
  if (work.premise && connection.exec(work.premise->sql).text(0, 0) != work.premise->expect) {
    throw Error(ErrorCode::refused,
                work.premise->name + " of table " + work.table +
                    " is not what the run has found: somebody has changed it since",
                "run the same command again: it takes the table as it is then");
  }
  for (const auto& statement : work.statements) connection.exec(statement);
  connection.exec("SET LOCAL lock_timeout = 0");
  insert_pending(connection, tables, work.run, work.pending);
  done.seconds = seconds_since(start);
  mark_step_done(connection, tables, work.run, done);
}

std::optional<std::string> bound_json(const std::optional<Key>& bound) {
  if (!bound) return std::nullopt;
  return to_json(*bound);
}

std::optional<Key> bound_from(const std::optional<std::string>& json) {
  if (!json) return std::nullopt;
  return key_from_json(*json);
}

RejectWriter::RejectWriter(PostgresConnection& connection, const PostgresLedgerTables& tables,
                           CopyBuffer& buffer)
    : connection_(connection),
      copy_("COPY " + tables.reject +
            " (run, load, chunk, source, \"table\", key, \"column\", value, reason, \"row\", kind)"
            " FROM STDIN (FORMAT binary)"),
      encoder_(binary_encoder(
          {TypeKind::text, TypeKind::text, TypeKind::bigint, TypeKind::text, TypeKind::text, TypeKind::text,
           TypeKind::text, TypeKind::text, TypeKind::text, TypeKind::text, TypeKind::text},
          buffer)) {}

void RejectWriter::write(const std::string& run, const std::string& load, std::int64_t chunk,
                         const Reject& reject) {
  if (!open_) {
    connection_.start_copy_in(copy_);
    encoder_->begin();
    open_ = true;
    count_ = 0;
  }
  const std::string key = to_json(reject.key);
  const Cell cells[] = {Cell::of_text(run),
                        Cell::of_text(load),
                        Cell::of_integer(chunk),
                        Cell::of_text(reject.source),
                        Cell::of_text(reject.table),
                        Cell::of_text(key),
                        Cell::of_text(reject.column),
                        Cell::of_text(reject.value),
                        Cell::of_text(reject.reason),
                        Cell::of_text(reject.row),
                        Cell::of_text(to_string(reject.kind))};
  encoder_->row(cells, std::nullopt);
  ++count_;
}

void RejectWriter::end() {
  if (!open_) return;
  open_ = false;
  encoder_->end();
  if (connection_.end_copy_in().affected() != count_) {
    throw Error(ErrorCode::target, "the ledger did not keep every reject: a trigger on its table drops rows");
  }
}

}  // namespace planrun
