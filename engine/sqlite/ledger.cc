#include "sqlite/ledger.h"

#include <map>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

namespace planrun {
namespace {

constexpr const char* kRunColumns =
    "id, plan, state, fingerprint, resolved_plan, snapshots, summary, program_version, host, process, "
    "started_at, updated_at, finished_at, plan_text, scripts";

class SqliteLedger : public Ledger {
 public:
  SqliteLedger(std::shared_ptr<TargetFile> file, bool create) : connection_(std::move(file)) {
    if (create) connection_.writing();
    find();
  }

  ~SqliteLedger() override {
    if (locked_) connection_.file().lock().unlock();
  }

  void lock(const std::string& plan, std::span<const std::string> tables) override;
  bool is_locked(const std::string&) override {
    if (!connection_.file().lock().try_lock()) return true;
    connection_.file().lock().unlock();
    return false;
  }
  // The file has one process that writes.
  int take_number(const std::string&, int from) override { return from; }
  std::vector<RunRecord> runs(const std::string& plan) override;
  void write_run(const RunRecord& run, std::span<const StepRecord> steps) override;
  void write_steps(const std::string& run, std::span<const StepRecord> steps) override;
  std::vector<StepRecord> steps(const std::string& run) override;
  std::vector<ChunkRecord> chunks(const std::string& run) override;
  void write_checks(const std::string& run, std::span<const CheckRecord> checks) override;
  std::vector<CheckRecord> checks(const std::string& run) override;
  std::vector<RejectRecord> kept_out(const std::string& run, RejectKind kind, std::int64_t limit) override;

 private:
  /// The connection to read the ledger from; null: there is none.
  std::shared_ptr<SqliteConnection> find() {
    auto connection = connection_.reading();
    return names().are_in(*connection) ? connection : nullptr;
  }
  const SqliteLedgerTables& names() { return connection_.ledger(); }

  [[noreturn]] void refuse_held();
  void refuse_unfinished(const std::string& plan, std::span<const std::string> tables);

  TargetConnection connection_;
  bool locked_ = false;
};

void SqliteLedger::lock(const std::string& plan, std::span<const std::string> tables) {
  TargetFile& file = connection_.file();
  if (!file.lock().attach(false)) {
    throw Error(ErrorCode::target, file.path().string() + " does not exist: there is nothing to lock");
  }
  if (!locked_ && !file.lock().try_lock()) refuse_held();
  locked_ = true;
  refuse_unfinished(plan, tables);
}

void SqliteLedger::refuse_held() {
  const std::string file = connection_.file().path().string();
  std::string holder = "another planrun";
  if (const auto connection = find()) {
    Statement row(*connection,
                  "select id, plan, process, host from " + names().run +
                      " where state in ('running', 'rolling_back') order by updated_at desc limit 1");
    if (row.step()) {
      holder = "run " + row.text(0) + " of plan " + row.text(1) + " (process " + row.text(2) + " on " +
               row.text(3) + ")";
    }
  }
  throw Error(ErrorCode::refused, holder + " is at work on " + file,
              "wait for it to end, or stop it; then run the same command again");
}

void SqliteLedger::refuse_unfinished(const std::string& plan, std::span<const std::string> tables) {
  const auto connection = find();
  if (!connection) return;
  Statement row(
      *connection,
      "select s.\"table\", r.id, r.plan, r.state from " + names().run + " as r cross join " + names().step +
          " as s on s.run = r.id where r.plan <> ?1 and r.state in ('running', 'interrupted', 'failed', "
          "'unproved', 'rolling_back') order by r.started_at desc");
  row.bind(1, std::string_view(plan));
  std::map<std::string, std::string> holders;  // by table in lower case; of several runs the latest
  while (row.step()) {
    holders.emplace(to_lower_ascii(row.text(0)),
                    "run " + row.text(1) + " of plan " + row.text(2) + ", which is " + row.text(3));
  }
  for (const auto& table : tables) {
    const auto holder = holders.find(to_lower_ascii(table));
    if (holder == holders.end()) continue;
    throw Error(ErrorCode::refused, "table " + table + " belongs to " + holder->second,
                "finish that run or take it back: planrun rollback");
  }
}

std::vector<RunRecord> SqliteLedger::runs(const std::string& plan) {
  std::vector<RunRecord> runs;
  const auto connection = find();
  if (!connection) return runs;
  Statement row(*connection, std::string("select ") + kRunColumns + " from " + names().run +
                                 " where ?1 in (plan, '') order by started_at desc, rowid desc");
  row.bind(1, std::string_view(plan));
  while (row.step()) {
    RunRecord& run = runs.emplace_back();
    run.id = row.text(0);
    run.plan = row.text(1);
    run.state = run_state_from(row.text(2));
    run.fingerprint = row.text(3);
    run.resolved_plan = row.text(4);
    run.snapshots = row.text(5);
    run.summary = row.text(6);
    run.program_version = row.text(7);
    run.host = row.text(8);
    run.process = row.integer(9);
    run.started_at = row.integer(10);
    run.updated_at = row.integer(11);
    run.finished_at = row.integer(12);
    run.plan_text = row.text(13);
    run.scripts = row.text(14);
  }
  return runs;
}

void SqliteLedger::write_run(const RunRecord& run, std::span<const StepRecord> steps) {
  WriteTransaction transaction(connection_.file(), connection_.writing());
  Statement row(
      transaction.connection(),
      "insert into " + names().run + " (" + kRunColumns +
          ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) on conflict (id) do "
          "update set "
          "plan = excluded.plan, state = excluded.state, fingerprint = excluded.fingerprint, "
          "resolved_plan = excluded.resolved_plan, snapshots = excluded.snapshots, summary = "
          "excluded.summary, "
          "program_version = excluded.program_version, host = excluded.host, process = excluded.process, "
          "started_at = excluded.started_at, updated_at = excluded.updated_at, "
          "finished_at = excluded.finished_at, plan_text = excluded.plan_text, scripts = excluded.scripts");
  row.bind(1, std::string_view(run.id)).bind(2, std::string_view(run.plan)).bind(3, to_string(run.state));
  row.bind(4, std::string_view(run.fingerprint)).bind(5, std::string_view(run.resolved_plan));
  row.bind(6, std::string_view(run.snapshots)).bind(7, std::string_view(run.summary));
  row.bind(8, std::string_view(run.program_version))
      .bind(9, std::string_view(run.host))
      .bind(10, run.process);
  row.bind(11, run.started_at).bind(12, run.updated_at).bind(13, run.finished_at);
  row.bind(14, std::string_view(run.plan_text)).bind(15, std::string_view(run.scripts)).run();
  Statement add(transaction.connection(),
                "insert into " + names().step +
                    " as s (run, id, kind, \"table\", state, needs) values (?1, ?2, ?3, ?4, 'pending', ?5) "
                    "on conflict (run, id) do update set needs = excluded.needs where s.state <> 'done'");
  for (const auto& step : steps) {
    add.bind(1, std::string_view(run.id))
        .bind(2, std::string_view(step.id))
        .bind(3, std::string_view(step.kind));
    const std::string needs = Json(step.needs).dump();
    add.bind(4, std::string_view(step.table)).bind(5, std::string_view(needs)).run();
  }
  transaction.commit();
}

void SqliteLedger::write_steps(const std::string& run, std::span<const StepRecord> steps) {
  WriteTransaction transaction(connection_.file(), connection_.writing());
  Statement row(
      transaction.connection(),
      "insert into " + names().step +
          " (run, id, kind, \"table\", state, seconds, detail, started_at, worker) "
          "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
          "on conflict (run, id) do update set kind = excluded.kind, \"table\" = excluded.\"table\", "
          "state = excluded.state, seconds = excluded.seconds, detail = excluded.detail, "
          "started_at = excluded.started_at, worker = excluded.worker");
  for (const auto& step : steps) {
    row.bind(1, std::string_view(run)).bind(2, std::string_view(step.id));
    row.bind(3, std::string_view(step.kind));
    row.bind(4, std::string_view(step.table)).bind(5, to_string(step.state)).bind(6, step.seconds);
    row.bind(7, std::string_view(step.detail)).bind(8, step.started_at);
    row.bind(9, static_cast<std::int64_t>(step.worker)).run();
  }
  transaction.commit();
}

std::vector<StepRecord> SqliteLedger::steps(const std::string& run) {
  std::vector<StepRecord> steps;
  const auto connection = find();
  if (!connection) return steps;
  Statement row(*connection,
                "select id, kind, \"table\", state, seconds, detail, started_at, worker, needs from " +
                    names().step + " where run = ?1 order by rowid");
  row.bind(1, std::string_view(run));
  while (row.step()) {
    steps.push_back({row.text(0), row.text(1), row.text(2), step_state_from(row.text(3)), row.real(4),
                     row.text(5), row.integer(6), static_cast<int>(row.integer(7)),
                     Json::parse(row.text(8)).get<std::vector<std::string>>()});
  }
  return steps;
}

std::vector<ChunkRecord> SqliteLedger::chunks(const std::string& run) {
  std::vector<ChunkRecord> chunks;
  const auto connection = find();
  if (!connection) return chunks;
  Statement row(
      *connection,
      "select id, load, range_from, range_until, state, kind, rows_read, rows_written, "
      "rows_rejected, rows_dropped, "
      "rows_merged, rows_emitted, rows_inserted, rows_updated, rows_unchanged, rows_emitted_merged, "
      "digest_rows, digest_sum, bytes, seconds, finished_at, worker, told_rows, told_sum from " +
          names().chunk + " where run = ?1 order by id");
  row.bind(1, std::string_view(run));
  while (row.step()) {
    ChunkRecord& record = chunks.emplace_back();
    record.chunk = {row.integer(0), row.text(1), {bound_of(row, 2), bound_of(row, 3)}};
    record.done = row.text(4) == "done";
    record.correction = row.text(5) == "correction";
    record.result.balance = {row.integer(6),  row.integer(7),  row.integer(8),  row.integer(9),
                             row.integer(10), row.integer(11), row.integer(12), row.integer(13),
                             row.integer(14), row.integer(15)};
    record.result.digest = digest_from(row.integer(16), row.text(17));
    record.result.bytes = row.integer(18);
    record.result.seconds = row.real(19);
    record.finished_at = row.integer(20);
    record.worker = static_cast<int>(row.integer(21));
    record.result.told = digest_from(row.integer(22), row.text(23));
  }
  return chunks;
}

void SqliteLedger::write_checks(const std::string& run, std::span<const CheckRecord> checks) {
  if (checks.empty()) return;
  WriteTransaction transaction(connection_.file(), connection_.writing());
  Statement row(transaction.connection(),
                "insert into " + names().check_result +
                    " (run, name, severity, status, expected, found, message, checked_at) "
                    "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  for (const auto& check : checks) {
    row.bind(1, std::string_view(run))
        .bind(2, std::string_view(check.name))
        .bind(3, std::string_view(check.severity));
    row.bind(4, std::string_view(check.status)).bind(5, std::string_view(check.expected));
    row.bind(6, std::string_view(check.found))
        .bind(7, std::string_view(check.message))
        .bind(8, check.checked_at)
        .run();
  }
  transaction.commit();
}

std::vector<CheckRecord> SqliteLedger::checks(const std::string& run) {
  std::vector<CheckRecord> checks;
  const auto connection = find();
  if (!connection) return checks;
  // Verifications have their own.
  Statement row(*connection, "select name, severity, status, expected, found, message, checked_at from " +
                                 names().check_result +
                                 " where run = ?1 and verification is null order by id");
  row.bind(1, std::string_view(run));
  while (row.step()) {
    checks.push_back(
        {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.integer(6)});
  }
  return checks;
}

std::vector<RejectRecord> SqliteLedger::kept_out(const std::string& run, RejectKind kind,
                                                 std::int64_t limit) {
  std::vector<RejectRecord> rejects;
  const auto connection = find();
  if (!connection) return rejects;
  // A negative limit is none.
  Statement row(*connection,
                "select id, load, source, source_table, key, column_name, value, reason, row from " +
                    names().reject + " where run = ?1 and kind = ?2 order by id limit ?3");
  row.bind(1, std::string_view(run)).bind(2, to_string(kind)).bind(3, limit);
  while (row.step()) {
    RejectRecord& record = rejects.emplace_back();
    record.id = row.integer(0);
    record.load = row.text(1);
    record.reject = {row.text(2), row.text(3), key_from_json(row.text(4)),
                     row.text(5), row.text(6), row.text(7),
                     row.text(8), kind};
  }
  return rejects;
}

}  // namespace

std::unique_ptr<Ledger> make_sqlite_ledger(std::shared_ptr<TargetFile> file, bool create) {
  return std::make_unique<SqliteLedger>(std::move(file), create);
}

}  // namespace planrun
