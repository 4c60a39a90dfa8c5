#include "postgres/target.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "base/time.h"
#include "postgres/back_reader.h"
#include "postgres/chunk_transaction.h"
#include "postgres/dependents.h"
#include "postgres/take_back.h"
#include "postgres/undo.h"
#include "postgres/value_check.h"
#include "postgres/violation.h"
#include "postgres/worker_name.h"
#include "sql/quote.h"

namespace planrun {
namespace {

using Clock = std::chrono::steady_clock;

// How long strangers may hold a lock that a schema step needs. Locks of the same run are waited for without
// end: an index of a large table takes as long as it takes.
constexpr auto kStrangersPatience = std::chrono::seconds(60);

// Of the transaction: at most as many as the server's owner lets a statement have. They share its
// maintenance_work_mem.
void let_help(PostgresConnection& connection, int helpers) {
  connection.exec(
      "SELECT set_config(name, least(reset_val::int, $1::int)::text, true) FROM pg_settings"
      " WHERE name = 'max_parallel_maintenance_workers'",
      {std::to_string(helpers)});
}

class PostgresTarget : public Target {
 public:
  PostgresTarget(std::shared_ptr<PostgresContext> context, const std::string& run, int worker)
      : context_(std::move(context)),
        worker_(worker),
        settings_(context_->settings(worker_name(run, worker), false)),
        connection_(std::make_shared<PostgresConnection>(settings_)) {
    if (const int lost = context_->lost.take(settings_.application_name)) end_backend(*connection_, lost);
  }
  ~PostgresTarget() override {
    if (connection_->broken()) context_->lost.add(settings_.application_name, connection_->pid());
  }

  std::unique_ptr<ChunkTransaction> claim(const ClaimRequest& request) override;
  std::int64_t wait_for_chunks(const std::string& run, std::span<const std::string> loads,
                               int patience_ms) override;
  bool is_done(const std::string& run, std::int64_t chunk) override;
  void do_steps(std::span<const StepWork> works) override;
  std::string share_view() override;
  std::unique_ptr<BackReader> read_back(const ReadBack& request) override;
  std::unique_ptr<BackReader> read_violations(const Violation& violation,
                                              std::span<const std::size_t> columns) override;
  void remove_rows(const std::string& run, const TableSchema& table, const std::string& load,
                   std::span<const std::string> row_references, std::span<const Reject> rejects,
                   const ChunkResult& correction) override;
  std::vector<ChangedRow> changed_rows(const std::string& run, const TableSchema& table,
                                       std::size_t limit) override {
    return find_changed_rows(live(), *context_, run, table, CountedRows::written_and_left, limit);
  }
  std::vector<std::optional<std::string>> canonical_text(const std::string& type_sql,
                                                         std::span<const std::string> values) override;
  QueryResult query(const std::string& sql) override;
  std::unique_ptr<UndoTransaction> begin_undo(const std::string& run,
                                              std::span<const std::string> tables) override {
    live();
    return planrun::begin_undo(context_, connection_, run, tables);
  }

 private:
  PostgresConnection& live();
  void step_once(std::span<const StepWork> works);
  std::int64_t lock_pending(PostgresConnection& connection, const std::string& run, const std::string& loads,
                            int patience_ms);

  std::shared_ptr<PostgresContext> context_;
  int worker_;
  ConnectionSettings settings_;
  std::shared_ptr<PostgresConnection> connection_;  // shared with the chunk or reader that is open on it
  std::unique_ptr<PostgresConnection> helper_;      // for questions while a COPY is under way
  std::unique_ptr<PostgresConnection> view_;        // holds the exported snapshot
};

PostgresConnection& PostgresTarget::live() {
  if (connection_->broken()) {
    const int lost = connection_->pid();
    connection_ = reconnect(settings_, lost);
  }
  if (!connection_->idle()) {
    throw Error(ErrorCode::system, "a chunk or a read is still open on this connection to the target");
  }
  return *connection_;
}

std::unique_ptr<ChunkTransaction> PostgresTarget::claim(const ClaimRequest& request) {
  for (int attempt = 0;; ++attempt) {
    live();
    try {
      return claim_chunk(context_, connection_, request, worker_);
    } catch (const Error& error) {
      // Nothing of a chunk has been written yet, and steps that are done are not done again.
      if (!error.retryable() || attempt + 1 >= kTries) throw;
    }
    wait_before_retry(attempt);
  }
}

/// Locks every pending row, and says how many there are. A statement does not see what commits while it waits
/// for a lock: who ends a chunk by cutting it leaves a pending one behind, which others may take at once.
std::int64_t PostgresTarget::lock_pending(PostgresConnection& connection, const std::string& run,
                                          const std::string& loads, int patience_ms) {
  Transaction transaction(connection);
  connection.exec("SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = " +
                  std::to_string(patience_ms));
  // With an id of its own the transaction leaves a commit record: when it is on the disk, so are all chunks
  // before it.
  connection.exec("SELECT txid_current()");
  const std::string pending =
      " FROM " + context_->ledger.chunk + " WHERE run = $1 AND load = any($2::text[]) AND state = 'pending'";
  std::int64_t locked = -1;
  std::int64_t there = 0;
  while (locked != there) {
    locked = connection.exec("SELECT id" + pending + " ORDER BY id FOR UPDATE", {run, loads}).rows();
    there = connection.exec("SELECT count(*)" + pending, {run, loads}).integer(0, 0);
  }
  transaction.commit();
  return locked;
}

std::int64_t PostgresTarget::wait_for_chunks(const std::string& run, std::span<const std::string> loads,
                                             int patience_ms) {
  const std::string names = array_literal(loads);
  for (int attempt = 0;; ++attempt) {
    PostgresConnection& connection = live();
    try {
      return lock_pending(connection, run, names, std::max(patience_ms, 1));
    } catch (const Error& error) {
      if (!error.retryable()) throw;
      if (error.sqlstate() == "55P03") {
        end_foreign_workers(live(), *context_, run);
        attempt = -1;  // our own workers are waited for as long as they work
      } else if (attempt + 1 >= kTries) {
        throw;
      }
    }
    wait_before_retry(std::max(attempt, 0));
  }
}

bool PostgresTarget::is_done(const std::string& run, std::int64_t chunk) {
  for (int attempt = 0;; ++attempt) {
    // After a loss live() has ended the old backend: its transaction is decided, also where it made the
    // chunk's row itself and nobody could wait for that row.
    PostgresConnection& connection = live();
    try {
      Transaction transaction(connection);
      connection.exec("SET LOCAL synchronous_commit = on");
      const Result r = connection.exec(
          "SELECT state FROM " + context_->ledger.chunk + " WHERE run = $1 AND id = $2 FOR UPDATE",
          {run, std::to_string(chunk)});
      transaction.commit();
      return r.rows() == 1 && r.view(0, 0) == "done";
    } catch (const Error& error) {
      if (!error.retryable() || attempt + 1 >= kTries) throw;
    }
    wait_before_retry(attempt);
  }
}

void PostgresTarget::step_once(std::span<const StepWork> works) {
  PostgresConnection& connection = live();
  const bool is_guarded =
      std::ranges::any_of(works, [](const StepWork& work) { return !work.guards.empty(); });
  // A guard sees nobody else's work between its two readings.
  Transaction transaction(connection, is_guarded ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN");
  // The runner counts on what a step made: it must outlive a crash of the server.
  connection.exec("SET LOCAL synchronous_commit = on");
  hold_run(connection, context_->ledger, works.front().run);
  for (const StepWork& work : works) {
    if (work.helpers > 0) let_help(connection, work.helpers);
    if (work.begins_table) keep_sequences(connection, *context_, work.run, work.table);
    const auto before = read_guards(connection, work.guards);
    do_work(connection, context_->ledger, work, worker_);
    if (work.judge) work.judge(guard_values(before, read_guards(connection, work.guards)));
  }
  transaction.commit();
}

void PostgresTarget::do_steps(std::span<const StepWork> works) {
  Clock::time_point blocked_since{};
  for (int attempt = 0, failures = 0;; ++attempt) {
    try {
      return step_once(works);
    } catch (const Error& error) {
      if (!error.retryable()) throw;
      if (error.sqlstate() != "55P03") {
        if (++failures >= kTries) throw;
      } else if (const std::string strangers = strangers_in_the_way(live(), *context_, works.front().run);
                 strangers.empty()) {
        blocked_since = {};
      } else if (blocked_since == Clock::time_point{}) {
        blocked_since = Clock::now();
      } else if (Clock::now() - blocked_since > kStrangersPatience) {
        throw Error(ErrorCode::target,
                    "step " + works.front().step + " waits for a lock that is held by " + strangers,
                    "end that connection's transaction, then run the same command again")
            .with_sqlstate(error.sqlstate());
      }
    }
    wait_before_retry(attempt);
  }
}

std::string PostgresTarget::share_view() {
  view_.reset();
  view_ = std::make_unique<PostgresConnection>(settings_);
  view_->exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return view_->exec("SELECT pg_export_snapshot()").text(0, 0);
}

std::unique_ptr<BackReader> PostgresTarget::read_back(const ReadBack& request) {
  PostgresConnection& connection = live();
  return read_rows(connection_, read_back_query(*context_, connection, request));
}

std::unique_ptr<BackReader> PostgresTarget::read_violations(const Violation& violation,
                                                            std::span<const std::size_t> columns) {
  PostgresConnection& connection = live();
  return read_rows(connection_, violation_query(*context_, connection, violation, columns));
}

void PostgresTarget::remove_rows(const std::string& run, const TableSchema& table, const std::string& load,
                                 std::span<const std::string> row_references, std::span<const Reject> rejects,
                                 const ChunkResult& correction) {
  PostgresConnection& connection = live();
  Transaction transaction(connection);
  connection.exec("SET LOCAL synchronous_commit = on");
  hold_run(connection, context_->ledger, run);
  const std::string name = context_->table(table.name);
  const std::string references = array_literal(row_references);
  refuse_dependents(connection, table, name, references);
  const auto removed =
      connection.exec("DELETE FROM " + name + " t WHERE " + named_rows_sql(table), {references}).affected();
  if (removed != static_cast<std::int64_t>(row_references.size())) {
    throw Error(ErrorCode::target,
                "table " + table.name + ": " + std::to_string(removed) + " rows could be taken out, not " +
                    std::to_string(row_references.size()) + "; somebody has changed them meanwhile",
                "keep other writers off the table, then run the same command again");
  }
  const Balance& b = correction.balance;
  const Result r = connection.exec(
      "INSERT INTO " + context_->ledger.chunk +
          " (run, load, kind, state, rows_read, rows_written, rows_rejected, rows_dropped, rows_merged,"
          " rows_emitted, rows_inserted, rows_updated, rows_unchanged, rows_emitted_merged, digest_rows,"
          " digest_sum, told_rows, told_sum, bytes, seconds, finished_at, worker)"
          " VALUES ($1, $2, 'correction', 'done', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
          "$16, $17, $18, $19, $20)"
          " RETURNING id",
      {run,
       load,
       std::to_string(b.rows_read),
       std::to_string(b.rows_written),
       std::to_string(b.rows_rejected),
       std::to_string(b.rows_dropped),
       std::to_string(b.rows_merged),
       std::to_string(b.rows_emitted),
       std::to_string(b.rows_inserted),
       std::to_string(b.rows_updated),
       std::to_string(b.rows_unchanged),
       std::to_string(b.rows_emitted_merged),
       std::to_string(correction.digest.rows),
       sums_to_text(correction.digest),
       std::to_string(correction.told.rows),
       sums_to_text(correction.told),
       std::to_string(correction.bytes),
       std::to_string(correction.seconds),
       std::to_string(now_micros()),
       std::to_string(worker_)});
  CopyBuffer buffer(connection);
  RejectWriter writer(connection, context_->ledger, buffer);
  for (const auto& reject : rejects) writer.write(run, load, r.integer(0, 0), reject);
  writer.end();
  transaction.commit();
}

std::vector<std::optional<std::string>> PostgresTarget::canonical_text(const std::string& type_sql,
                                                                       std::span<const std::string> values) {
  if (helper_ == nullptr || helper_->broken()) helper_ = reconnect(settings_, 0);
  return canonical_texts(*helper_, type_sql, values);
}

QueryResult PostgresTarget::query(const std::string& sql) {
  PostgresConnection& connection = live();
  // A check reads; what it calls must not write.
  Transaction transaction(connection, "BEGIN READ ONLY");
  const Result r = connection.exec(sql, {});
  QueryResult result;
  for (int c = 0; c < r.columns(); ++c) result.columns.push_back(r.column_name(c));
  for (int i = 0; i < r.rows(); ++i) {
    auto& row = result.rows.emplace_back();
    for (int c = 0; c < r.columns(); ++c) row.push_back(r.optional_text(i, c));
  }
  return result;  // The transaction is not committed: what a check has set for the session goes with it.
}

}  // namespace

std::unique_ptr<Target> connect_target(std::shared_ptr<PostgresContext> context, const std::string& run,
                                       int worker) {
  return std::make_unique<PostgresTarget>(std::move(context), run, worker);
}

}  // namespace planrun
