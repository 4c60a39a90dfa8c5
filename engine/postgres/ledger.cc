#include "postgres/ledger.h"

#include <array>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "postgres/lock.h"

namespace planrun {
namespace {

// Rows for unnest(), column by column.
template <std::size_t N>
using Columns = std::array<std::vector<std::string>, N>;

template <std::size_t N>
void add_row(Columns<N>& columns, std::array<std::string, N> row) {
  for (std::size_t i = 0; i < N; ++i) columns[i].push_back(std::move(row[i]));
}

class PostgresLedger : public Ledger {
 public:
  PostgresLedger(std::shared_ptr<PostgresContext> context, bool create);

  void lock(const std::string& plan, std::span<const std::string> tables) override;
  bool is_locked(const std::string& plan) override;
  int take_number(const std::string& run, int from) override;
  std::vector<RunRecord> runs(const std::string& plan) override;
  void write_run(const RunRecord& run, std::span<const StepRecord> steps) override;
  void write_steps(const std::string& run, std::span<const StepRecord> steps) override;
  std::vector<StepRecord> steps(const std::string& run) override;
  std::vector<ChunkRecord> chunks(const std::string& run) override;
  void write_checks(const std::string& run, std::span<const CheckRecord> checks) override;
  std::vector<CheckRecord> checks(const std::string& run) override;
  std::vector<RejectRecord> kept_out(const std::string& run, RejectKind kind, std::int64_t limit) override;

 private:
  /// Does `work` again after a lost connection or a deadlock; every work here may be done twice.
  template <typename Work>
  auto patiently(Work&& work);
  void live();
  void require_own_state(PostgresConnection& connection) const;
  bool absent();

  std::shared_ptr<PostgresContext> context_;
  std::unique_ptr<PostgresConnection> connection_;
  bool there_ = false;
  bool locked_ = false;
  std::string plan_;
  std::vector<std::string> tables_;
  std::string run_;                // the last one written
  std::set<std::string> written_;  // its state; two while it is not known whether the second is committed
};

PostgresLedger::PostgresLedger(std::shared_ptr<PostgresContext> context, bool create)
    : context_(std::move(context)),
      connection_(std::make_unique<PostgresConnection>(context_->settings("planrun ledger", true))) {
  if (create) create_ledger(*connection_, context_->ledger);
  absent();
}

bool PostgresLedger::absent() {
  if (there_) return false;
  there_ = ledger_exists(*connection_, context_->ledger);
  if (there_) require_ledger_version(*connection_, context_->ledger);
  return !there_;
}

void PostgresLedger::live() {
  if (!connection_->broken()) return;
  auto connection = reconnect(connection_->settings(), connection_->pid());
  // Who has lost its locks to another process writes nothing any more.
  if (locked_) {
    take_run_locks(*connection, *context_, plan_, tables_);
    require_own_state(*connection);
  }
  connection_ = std::move(connection);
}

/// Between the loss of the locks and now another process may have had them, and taken the run back or to its
/// end.
void PostgresLedger::require_own_state(PostgresConnection& connection) const {
  const Result r = connection.exec("SELECT state FROM " + context_->ledger.run + " WHERE id = $1", {run_});
  if (r.rows() == 0 || written_.contains(r.text(0, 0))) return;
  throw Error(ErrorCode::refused,
              "run " + run_ + " is " + r.text(0, 0) +
                  ": another process had it while this one was without a connection to the ledger",
              "planrun status PLAN says what became of it");
}

template <typename Work>
auto PostgresLedger::patiently(Work&& work) {
  for (int attempt = 0;; ++attempt) {
    try {
      live();
      return work(*connection_);
    } catch (const Error& error) {
      if (!error.retryable() || attempt + 1 >= kTries) throw;
    }
    wait_before_retry(attempt);
  }
}

void PostgresLedger::lock(const std::string& plan, std::span<const std::string> tables) {
  patiently([&](PostgresConnection& c) {
    take_run_locks(c, *context_, plan, tables);
    c.rename("planrun " + plan + " ledger");
  });
  locked_ = true;
  plan_ = plan;
  tables_.assign(tables.begin(), tables.end());
}

bool PostgresLedger::is_locked(const std::string& plan) {
  return patiently([&](PostgresConnection& c) { return is_plan_locked(c, *context_, plan); });
}

int PostgresLedger::take_number(const std::string& run, int from) {
  return patiently([&](PostgresConnection& c) { return take_free_number(c, *context_, run, from); });
}

std::vector<RunRecord> PostgresLedger::runs(const std::string& plan) {
  return patiently([&](PostgresConnection& c) {
    std::vector<RunRecord> runs;
    if (absent()) return runs;
    const Result r = c.exec(
        "SELECT id, plan, state, fingerprint, resolved_plan, snapshots, summary, program_version, host, "
        "process, started_at, updated_at, finished_at, plan_text, scripts FROM " +
            context_->ledger.run + " WHERE $1 IN (plan, '') ORDER BY started_at DESC, id DESC",
        {plan});
    for (int i = 0; i < r.rows(); ++i) {
      runs.push_back({r.text(i, 0), r.text(i, 1), run_state_from(r.view(i, 2)), r.text(i, 3), r.text(i, 4),
                      r.text(i, 5), r.text(i, 13), r.text(i, 14), r.text(i, 6), r.text(i, 7), r.text(i, 8),
                      r.integer(i, 9), r.integer(i, 10), r.integer(i, 11), r.integer(i, 12)});
    }
    return runs;
  });
}

void PostgresLedger::write_run(const RunRecord& run, std::span<const StepRecord> steps) {
  std::vector<std::string> ids;
  std::vector<std::string> kinds;
  std::vector<std::string> tables;
  std::vector<std::string> needs;
  for (const auto& step : steps) {
    needs.push_back(Json(step.needs).dump());
    ids.push_back(step.id);
    kinds.push_back(step.kind);
    tables.push_back(step.table);
  }
  const std::string state(to_string(run.state));
  if (run_ != run.id) written_.clear();
  run_ = run.id;
  written_.insert(state);
  patiently([&](PostgresConnection& c) {
    Transaction transaction(c);
    const Result written = c.exec(
        "INSERT INTO " + context_->ledger.run +
            " AS r (id, plan, state, fingerprint, resolved_plan, snapshots, plan_text, scripts, summary,"
            " program_version, host, process, started_at, updated_at, finished_at) VALUES ($1, $2, $3, $4, "
            "$5,"
            " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
            " ON CONFLICT (id) DO UPDATE SET (plan, state, fingerprint, resolved_plan, snapshots, plan_text,"
            " scripts, summary, program_version, host, process, started_at, updated_at, finished_at) ="
            " (excluded.plan, excluded.state, excluded.fingerprint, excluded.resolved_plan,"
            " excluded.snapshots, excluded.plan_text, excluded.scripts, excluded.summary,"
            " excluded.program_version, excluded.host, excluded.process, excluded.started_at,"
            " excluded.updated_at, excluded.finished_at)"
            " WHERE r.state <> 'rolled_back' OR excluded.state = 'rolled_back'",
        {run.id, run.plan, state, run.fingerprint, run.resolved_plan, run.snapshots, run.plan_text,
         run.scripts, run.summary, run.program_version, run.host, std::to_string(run.process),
         std::to_string(run.started_at), std::to_string(run.updated_at), std::to_string(run.finished_at)});
    if (written.affected() == 0)
      throw Error(ErrorCode::refused, "run " + run.id + " has been taken back by another process");
    if (!ids.empty()) {
      c.exec(
          "INSERT INTO " + context_->ledger.step +
              " AS o (run, id, kind, \"schema\", \"table\", state, seconds, detail, needs) SELECT $1, s.id,"
              " s.kind, $2, s.t, 'pending', 0, '', s.needs FROM unnest($3::text[], $4::text[], $5::text[],"
              " $6::text[]) WITH ORDINALITY AS s(id, kind, t, needs, n) ORDER BY s.n"
              " ON CONFLICT (run, id) DO UPDATE SET needs = excluded.needs WHERE o.state <> 'done'",
          {run.id, context_->options.schema, array_literal(ids), array_literal(kinds), array_literal(tables),
           array_literal(needs)});
    }
    transaction.commit();
  });
  written_ = {state};
}

void PostgresLedger::write_steps(const std::string& run, std::span<const StepRecord> steps) {
  Columns<8> columns;
  for (const auto& step : steps) {
    add_row(columns,
            {step.id, step.kind, step.table, std::string(to_string(step.state)), std::to_string(step.seconds),
             step.detail, std::to_string(step.started_at), std::to_string(step.worker)});
  }
  patiently([&](PostgresConnection& c) {
    c.exec("INSERT INTO " + context_->ledger.step +
               " (run, id, kind, \"schema\", \"table\", state, seconds, detail, started_at, worker)"
               " SELECT $1, n.id, n.kind, $2, n.t, n.state, n.seconds, n.detail, n.started_at, n.worker"
               " FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[],"
               " $9::bigint[], $10::int[]) AS n(id, kind, t, state, seconds, detail, started_at, worker)"
               " ON CONFLICT (run, id) DO UPDATE SET (kind,"
               " \"table\", state, seconds, detail, started_at, worker) = (excluded.kind, excluded.\"table\","
               " excluded.state, excluded.seconds, excluded.detail, excluded.started_at, excluded.worker)",
           {run, context_->options.schema, array_literal(columns[0]), array_literal(columns[1]),
            array_literal(columns[2]), array_literal(columns[3]), array_literal(columns[4]),
            array_literal(columns[5]), array_literal(columns[6]), array_literal(columns[7])});
  });
}

std::vector<StepRecord> PostgresLedger::steps(const std::string& run) {
  return patiently([&](PostgresConnection& c) {
    std::vector<StepRecord> steps;
    if (absent()) return steps;
    const Result r =
        c.exec("SELECT id, kind, \"table\", state, seconds, detail, started_at, worker, needs FROM " +
                   context_->ledger.step + " WHERE run = $1 ORDER BY place",
               {run});
    for (int i = 0; i < r.rows(); ++i) {
      steps.push_back({r.text(i, 0), r.text(i, 1), r.text(i, 2), step_state_from(r.view(i, 3)), r.real(i, 4),
                       r.text(i, 5), r.integer(i, 6), static_cast<int>(r.integer(i, 7)),
                       Json::parse(r.view(i, 8)).get<std::vector<std::string>>()});
    }
    return steps;
  });
}

std::vector<ChunkRecord> PostgresLedger::chunks(const std::string& run) {
  return patiently([&](PostgresConnection& c) {
    std::vector<ChunkRecord> chunks;
    if (absent()) return chunks;
    const Result r = c.exec(
        "SELECT id, load, range_from, range_until, state, rows_read, rows_written, rows_rejected, "
        "rows_dropped,"
        " rows_merged, rows_emitted, rows_inserted, rows_updated, rows_unchanged, rows_emitted_merged, "
        "digest_rows,"
        " digest_sum, bytes, seconds, kind, finished_at, worker, told_rows, told_sum FROM " +
            context_->ledger.chunk + " WHERE run = $1 ORDER BY id",
        {run});
    for (int i = 0; i < r.rows(); ++i) {
      ChunkRecord record;
      record.chunk = {r.integer(i, 0),
                      r.text(i, 1),
                      {bound_from(r.optional_text(i, 2)), bound_from(r.optional_text(i, 3))}};
      record.done = r.view(i, 4) == "done";
      record.correction = r.view(i, 19) == "correction";
      if (record.done) {
        record.result.balance = {r.integer(i, 5),  r.integer(i, 6),  r.integer(i, 7),  r.integer(i, 8),
                                 r.integer(i, 9),  r.integer(i, 10), r.integer(i, 11), r.integer(i, 12),
                                 r.integer(i, 13), r.integer(i, 14)};
        record.result.digest = digest_from(r.integer(i, 15), r.view(i, 16));
        record.result.bytes = r.integer(i, 17);
        record.result.seconds = r.real(i, 18);
        record.finished_at = r.integer(i, 20);
        record.worker = static_cast<int>(r.integer(i, 21));
        record.result.told = digest_from(r.integer(i, 22), r.view(i, 23));
      }
      chunks.push_back(std::move(record));
    }
    return chunks;
  });
}

void PostgresLedger::write_checks(const std::string& run, std::span<const CheckRecord> checks) {
  if (checks.empty()) return;
  Columns<7> columns;
  for (const auto& check : checks) {
    add_row(columns, {check.name, check.severity, check.status, check.expected, check.found, check.message,
                      std::to_string(check.checked_at)});
  }
  patiently([&](PostgresConnection& c) {
    // Written twice after a lost connection they are still one result each.
    c.exec("INSERT INTO " + context_->ledger.check_result +
               " (run, name, severity, status, expected, found, message, checked_at) SELECT $1, n.name,"
               " n.severity, n.status, n.expected, n.found, n.message, n.checked_at FROM unnest($2::text[],"
               " $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[]) WITH ORDINALITY"
               " AS n(name, severity, status, expected, found, message, checked_at, place)"
               " WHERE (n.name, n.checked_at) NOT IN (SELECT name, checked_at FROM " +
               context_->ledger.check_result + " WHERE run = $1) ORDER BY n.place",
           {run, array_literal(columns[0]), array_literal(columns[1]), array_literal(columns[2]),
            array_literal(columns[3]), array_literal(columns[4]), array_literal(columns[5]),
            array_literal(columns[6])});
  });
}

std::vector<CheckRecord> PostgresLedger::checks(const std::string& run) {
  return patiently([&](PostgresConnection& c) {
    std::vector<CheckRecord> checks;
    if (absent()) return checks;
    // Verifications have their own.
    const Result r =
        c.exec("SELECT name, severity, status, expected, found, message, checked_at FROM " +
                   context_->ledger.check_result + " WHERE run = $1 AND verification IS NULL ORDER BY id",
               {run});
    for (int i = 0; i < r.rows(); ++i) {
      checks.push_back({r.text(i, 0), r.text(i, 1), r.text(i, 2), r.text(i, 3), r.text(i, 4), r.text(i, 5),
                        r.integer(i, 6)});
    }
    return checks;
  });
}

std::vector<RejectRecord> PostgresLedger::kept_out(const std::string& run, RejectKind kind,
                                                   std::int64_t limit) {
  return patiently([&](PostgresConnection& c) {
    std::vector<RejectRecord> rejects;
    if (absent()) return rejects;
    const Result r = c.exec(
        "SELECT id, load, source, \"table\", key, \"column\", value, reason, \"row\" FROM " +
            context_->ledger.reject + " WHERE run = $1 AND kind = $2 ORDER BY id LIMIT $3",
        {run, std::string(to_string(kind)), limit < 0 ? Parameter() : Parameter(std::to_string(limit))});
    for (int i = 0; i < r.rows(); ++i) {
      rejects.push_back({r.integer(i, 0),
                         r.text(i, 1),
                         {r.text(i, 2), r.text(i, 3), key_from_json(r.view(i, 4)), r.text(i, 5), r.text(i, 6),
                          r.text(i, 7), r.text(i, 8), kind}});
    }
    return rejects;
  });
}

}  // namespace

std::unique_ptr<Ledger> open_postgres_ledger(std::shared_ptr<PostgresContext> context, bool create) {
  return std::make_unique<PostgresLedger>(std::move(context), create);
}

}  // namespace planrun
