#include "run/part_verification.h"

#include <chrono>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/hash.h"
#include "base/time.h"
#include "check/check.h"
#include "plan/recorded_plan.h"
#include "run/checks.h"
#include "run/guards.h"
#include "run/jobs.h"
#include "run/prepare.h"
#include "run/proof.h"
#include "run/resume.h"
#include "run/sample.h"
#include "run/settle_plan.h"
#include "run/snapshots.h"
#include "run/table_verifier.h"

namespace planrun {

namespace {

// A check that compares with a source is asked again where it does not hold: a writer may have been between
// its two sides.
constexpr int kAsked = 3;
constexpr auto kPause = std::chrono::milliseconds(200);

class PartVerification {
 public:
  PartVerification(const Plan& part, TargetDatabase& target, Ledger& ledger, const RunRecord& run,
                   const VerifyInputs& inputs, VerifySummary& summary)
      : plan_(part),
        target_(target),
        ledger_(ledger),
        run_(run),
        inputs_(inputs),
        summary_(summary),
        reading_{run.id, target, {}, {}, {}, {}, inputs.stop} {}

  void execute() {
    if (tell_lost_tables()) return;
    open_sources();
    const ResolvedPlan plan = resolve();
    settle(plan);
    const auto chunks = ledger_.chunks(run_.id);
    accept(plan, chunks);
    const auto rejects = ledger_.rejects(run_.id, -1);
    for (const auto& table : plan.tables) {
      for (const auto& load : table.loads) {
        auto keys = rejected_keys(rejects, load.name);
        if (keys.empty()) continue;
        summary_.rows_rejected += std::ssize(keys);
        reading_.rejected[load.name] = std::move(keys);
      }
    }
    const auto start = std::chrono::steady_clock::now();
    const int jobs =
        choose_jobs(inputs_.options.jobs, target_, [this](const std::string& text) { notice(text); });
    VerifyTables tables{plan, chunks, jobs, inputs_.options.limit, {}, {}};
    tables.progress = [&](const std::vector<LoadProgress>& loads) {
      const auto passed = std::chrono::steady_clock::now() - start;
      inputs_.observer.progress(loads, std::chrono::duration<double>(passed).count());
    };
    tables.notice = [this](const std::string& text) { notice(text); };
    auto compared = verify_tables(reading_, tables);
    tell_later_runs(compared);
    for (auto& table : compared) summary_.tables.push_back(std::move(table));
    ask_checks(plan);
    tell_what_changed();
  }

 private:
  void notice(const std::string& text) {
    summary_.notices.push_back(text);
    inputs_.observer.notice(text);
  }

  // Tables of others that are gone, or have lost a column that the run wrote: without them the plan cannot be
  // resolved again. True: there are some, and nothing else is compared.
  bool tell_lost_tables() {
    bool any = false;
    for (const auto& table : read_recorded_plan(run_.resolved_plan).tables) {
      if (!table.schema.exists || table.loads.empty()) continue;
      TableVerification lost;
      lost.table = table.schema.name;
      lost.fault = why_lost(table);
      if (lost.fault.empty()) continue;
      lost.verdict = Compared::different;
      lost.keys_different = 1;
      lost.has_more = true;
      summary_.tables.push_back(std::move(lost));
      any = true;
    }
    if (any) notice("the other tables of " + target_.shown_url() + " were not compared");
    return any;
  }

  std::string why_lost(const ResolvedTable& table) {
    const auto found = target_.existing_table(table.schema.name);
    if (!found) return "the table is gone from " + target_.shown_url();
    for (const auto& load : table.loads) {
      for (const auto& column : load.columns) {
        const std::string& name = table.schema.columns[column.column].name;
        if (found->schema.find(name) == nullptr) return "its column " + name + " is gone";
      }
    }
    return {};
  }

  // Of each source the run's snapshot or what is there now.
  void open_sources() {
    const VerifyFrom from = inputs_.options.from;
    for (const auto& record : snapshots_from_json(run_.snapshots)) {
      const auto original = inputs_.sources.find(record.source);
      if (original == inputs_.sources.end()) {
        throw Error(ErrorCode::refused,
                    "source " + record.source + " of run " + run_.id + " is not in the plan any more",
                    "put it back into the plan");
      }
      const bool is_there = !record.file.empty() && std::filesystem::exists(record.file);
      if (from == VerifyFrom::live || (from == VerifyFrom::snapshot_where_there && !is_there)) {
        open_live(record, *original->second);
      } else {
        open_snapshot(record, *original->second, is_there);
      }
    }
  }

  void open_live(const SnapshotRecord& record, SourceDatabase& original) {
    if (record.sample > 0) {
      throw Error(ErrorCode::refused,
                  "run " + run_.id + " is " + sample_text(record.sample) +
                      ", which only its own sample shows" + (record.file.empty() ? "" : ": " + record.file),
                  "verify it without --from live, from the sample that the run has kept");
    }
    const bool asked = inputs_.options.from == VerifyFrom::live || record.file.empty();
    if (!asked) {
      notice("source " + record.source + ": the run's snapshot " + record.file +
             " is gone; compared with the live source instead");
    }
    use(record.source, original.while_written());
    // One that shows a moment to each reader keeps no writer waiting, and is never torn.
    if (!original.has_moments()) reading_.live.insert(record.source);
    summary_.source = "live";
  }

  void open_snapshot(const SnapshotRecord& record, SourceDatabase& original, bool is_there) {
    if (!is_there) {
      throw Error(ErrorCode::refused,
                  "source " + record.source + ": run " + run_.id + " has " +
                      (record.file.empty() ? "taken no snapshot" : "a snapshot that is gone: " + record.file),
                  "--from live compares with the source as it is now");
    }
    use(record.source, original.at_snapshot(record.file));
    // Another time stamp alone is no other content.
    if (reading_.sources.at(record.source)->state().text == record.state) return;
    if (!record.sha256.empty() && sha256_file(record.file) == record.sha256) return;
    throw Error(ErrorCode::refused,
                "the snapshot " + record.file + " has changed since the run: it is not what was loaded",
                "restore the file, or --from live compares with the source as it is now");
  }

  void use(const std::string& name, std::unique_ptr<SourceDatabase> database) {
    reading_.sources[name] = database.get();
    before_[name] = database->state().text;
    opened_.push_back(std::move(database));
  }

  ResolvedPlan resolve() {
    Prepared prepared = prepare(plan_, reading_.sources, target_, inputs_.wrong);
    prepared.plan.sample = sample_of(run_);
    return std::move(prepared.plan);
  }

  void settle(const ResolvedPlan& plan) {
    SettlePlanOptions options;
    options.run = run_.id;
    reading_.settlements = settle_plan(plan, reading_.sources, target_, options, inputs_.stop);
    refuse_unsettled(reading_.settlements);
  }

  void accept(const ResolvedPlan& plan, const std::vector<ChunkRecord>& chunks) {
    std::map<std::string, std::unique_ptr<Source>> sources;
    std::unique_ptr<Target> target;
    const auto road = [&](const ResolvedTable& table, const ResolvedLoad& load) {
      auto& source = sources[load.source];
      if (!source) source = reading_.sources.at(load.source)->connect();
      if (!target) target = target_.connect(run_.id, 0);
      const auto canonical = [&](const std::string& type, std::span<const std::string> values) {
        return target->canonical_text(type, values);
      };
      return std::make_unique<Road>(*source, table, load, target_.dialect().value_limits(),
                                    reading_.settlements, canonical);
    };
    for (const auto& line : accept_plan(run_, plan, ledger_.steps(run_.id), chunks, road)) {
      // A resume would make what is new; here it can only be missing.
      if (!line.starts_with("load ")) {
        throw Error(ErrorCode::refused,
                    "the plan has changed since run " + run_.id + ", which has passed: " + line,
                    "undo this change, or take the run back and begin a new one; rejects that a mended plan "
                    "takes go through it by planrun rejects PLAN --retry");
      }
      notice("the plan has changed: " + line);
    }
  }

  void ask_checks(const ResolvedPlan& plan) {
    const auto target = target_.connect(run_.id, 0);
    CheckDatabases databases;
    databases.dialect = target_.dialect().name();
    databases.target = [&](const std::string& sql) { return target->query(sql); };
    databases.source = [&](const std::string& name, const std::string& sql) {
      // A new connection sees what is written by now.
      return reading_.sources.at(name)->connect()->query(sql);
    };
    for (const AskedCheck& asked : checks_to_ask(plan, target_.dialect())) {
      CheckRecord result = run_check(asked.check, databases);
      for (int i = 1; i < kAsked && result.status != "passed" && !asked.check.source.empty(); ++i) {
        std::this_thread::sleep_for(kPause);
        result = run_check(asked.check, databases);
      }
      judge_sample(asked.check, asked.from_plan ? plan.sample : 0, result);
      summary_.checks.push_back(std::move(result));
    }
    const auto guards = watched_guards(plan, databases.dialect);
    for (auto& result : read_guards_again(guards, ledger_.checks(run_.id), databases))
      summary_.checks.push_back(std::move(result));
  }

  // Whose rows they may be that differ.
  void tell_later_runs(const std::vector<TableVerification>& compared) {
    std::set<std::string> different;
    for (const auto& table : compared) {
      if (table.verdict == Compared::different) different.insert(table.table);
    }
    if (different.empty()) return;
    for (const auto& run : ledger_.runs("")) {
      if (run.started_at <= run_.started_at || run.state == RunState::rolled_back) continue;
      for (const auto& step : ledger_.steps(run.id)) {
        if (step.kind != to_string(StepKind::begin) || step.state != StepState::done) continue;
        if (different.contains(step.table))
          notice("run " + run.id + " of plan " + run.plan + " has loaded into table " + step.table +
                 " since: rows that differ may be its own");
      }
    }
  }

  void tell_what_changed() {
    for (const auto& name : reading_.live) {
      if (reading_.sources.at(name)->state().text != before_[name])
        notice("source " + name + " was written while it was read");
    }
  }

  const Plan& plan_;
  TargetDatabase& target_;
  Ledger& ledger_;
  const RunRecord& run_;
  const VerifyInputs& inputs_;
  VerifySummary& summary_;
  Reading reading_;
  std::vector<std::unique_ptr<SourceDatabase>> opened_;
  std::map<std::string, std::string> before_;  // state of a source when it was opened
};

}  // namespace

void verify_part(const Plan& part, TargetDatabase& target, Ledger& ledger, const RunRecord& run,
                 const VerifyInputs& inputs, VerifySummary& summary) {
  PartVerification(part, target, ledger, run, inputs, summary).execute();
}

}  // namespace planrun
