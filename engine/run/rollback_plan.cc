#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "plan/part.h"
#include "plan/recorded_plan.h"
#include "run/choose_run.h"
#include "run/prepare.h"
#include "run/proof.h"
#include "run/rollback.h"
#include "run/sample.h"
#include "run/settle_plan.h"
#include "run/snapshots.h"

namespace planrun {

namespace {

constexpr std::size_t kShownKeys = 10;

// The run in one of the plan's targets.
class TargetRollback {
 public:
  TargetRollback(const Plan& part, const std::map<std::string, SourceDatabase*>& sources,
                 TargetDatabase& target, const RollbackOptions& options, const std::atomic<bool>& stop)
      : plan_(part),
        sources_(sources),
        target_(target),
        options_(options),
        stop_(stop),
        ledger_(target.open_ledger(false)) {}

  /// Throws Error: there is no such run, or a later one must go first.
  void choose() {
    run_ = choose_run(plan_, options_.run, *ledger_, target_);
    if (run_.state == RunState::rolled_back) return;
    refuse_other_targets(run_, plan_);
    for (const auto& newer : ledger_->runs(plan_.name)) {
      if (newer.id == run_.id) return;
      if (newer.state == RunState::rolled_back) continue;
      throw Error(ErrorCode::refused,
                  "run " + newer.id + " of plan " + plan_.name + " came after run " + run_.id,
                  "take run " + newer.id + " back first");
    }
  }

  /// Whether this target has a run of the plan that is not taken back, and may be the one that is meant.
  bool has_left() const {
    return std::ranges::any_of(ledger_->runs(plan_.name), [&](const RunRecord& run) {
      return run.state != RunState::rolled_back && (options_.run.empty() || run.id == options_.run);
    });
  }

  /// False: this target has nothing of the run.
  bool find(const std::string& run) {
    for (auto& record : ledger_->runs(plan_.name)) {
      if (record.id != run) continue;
      run_ = std::move(record);
      return true;
    }
    return false;
  }

  void lock() { ledger_->lock(plan_.name, tables()); }

  const RunRecord& run() const { return run_; }
  std::string name() const { return plan_.targets.front().name; }
  std::string shown_target() const { return target_.shown_url(); }

  RunInTarget to_take_back() {
    return {&run_, ledger_.get(), &target_,
            [this](const std::string& table) { return differing_keys(table); }};
  }

  // Later runs of plans that say `requires` of this one.
  void refuse_where_needed() {
    std::vector<std::string> needing;
    for (const auto& run : ledger_->runs("")) {
      if (run.plan == plan_.name || run.state == RunState::rolled_back || run.started_at < run_.started_at)
        continue;
      const auto needs = read_recorded_plan(run.resolved_plan).requires_;
      if (std::find(needs.begin(), needs.end(), plan_.name) == needs.end()) continue;
      needing.push_back("run " + run.id + " of plan " + run.plan + " (" + std::string(to_string(run.state)) +
                        ")");
    }
    if (needing.empty()) return;
    if (!options_.discard_later) {
      throw Error(ErrorCode::refused, join(needing, ", ") + " requires plan " + plan_.name,
                  "take that one back first; --discard-later takes this one back all the same");
    }
    options_.notice(join(needing, ", ") + " requires plan " + plan_.name +
                    ", which is taken back all the same");
  }

  /// What would go: tables that the run has made, and rows in all.
  std::pair<int, std::int64_t> extent() const {
    int table_count = 0;
    for (const auto& step : ledger_->steps(run_.id)) {
      if (step.kind == "create" && step.state == StepState::done) ++table_count;
    }
    std::int64_t rows = 0;
    for (const auto& chunk : ledger_->chunks(run_.id)) {
      if (chunk.done) rows += chunk.result.digest.rows;
    }
    return {table_count, rows};
  }

 private:
  std::vector<std::string> tables() const {
    std::vector<std::string> names;
    for (const auto& table : read_recorded_plan(run_.resolved_plan).tables)
      names.push_back(table.schema.name);
    return names;
  }

  // Known where the snapshots are there, the plan file still says what the run did, and the table was loaded
  // whole.
  std::vector<std::string> differing_keys(const std::string& table) {
    std::vector<std::string> keys;
    try {
      Snapshots snapshots(plan_, sources_, {});
      snapshots.take_again(snapshots_from_json(run_.snapshots));
      Diagnostics wrong;
      Prepared prepared = prepare(plan_, snapshots.databases(), target_, wrong);
      prepared.plan.sample = sample_of(run_);
      if (fingerprint(prepared.plan) != run_.fingerprint) return {};
      const ResolvedTable& resolved = *prepared.plan.find(table);
      for (const auto& chunk : ledger_->chunks(run_.id)) {
        for (const auto& load : resolved.loads) {
          if (!chunk.done && chunk.chunk.load == load.name) return {};
        }
      }
      const auto connection = target_.connect(run_.id, 1);
      std::map<std::string, std::unique_ptr<Source>> sources;
      const std::function<Source&(const std::string&)> source = [&](const std::string& name) -> Source& {
        if (!sources[name]) sources[name] = snapshots.databases().at(name)->connect();
        return *sources[name];
      };
      SettlePlanOptions settling;
      settling.run = run_.id;
      const Settlements settlements =
          settle_plan(prepared.plan, snapshots.databases(), target_, settling, stop_);
      for (const auto& d : find_differences(target_.dialect(), resolved, settlements, *connection, source,
                                            ledger_->rejects(run_.id, -1), kShownKeys)) {
        if (std::find(keys.begin(), keys.end(), d.key) == keys.end()) keys.push_back(d.key);
      }
    } catch (const Error&) {  // The counts say enough.
    }
    return keys;
  }

  const Plan& plan_;
  const std::map<std::string, SourceDatabase*>& sources_;
  TargetDatabase& target_;
  const RollbackOptions& options_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<Ledger> ledger_;
  RunRecord run_;
};

std::string question(const std::vector<std::unique_ptr<TargetRollback>>& targets) {
  const RunRecord& run = targets.front()->run();
  int table_count = 0;
  std::int64_t rows = 0;
  std::vector<std::string> urls;
  for (const auto& target : targets) {
    const auto [its_tables, its_rows] = target->extent();
    table_count += its_tables;
    rows += its_rows;
    urls.push_back(target->shown_target());
  }
  return "Take back run " + run.id + " of plan " + run.plan + " (" + std::string(to_string(run.state)) +
         ", begun " + to_iso_utc(run.started_at) + ")? It has made " + counted(table_count, "table") +
         " with " + counted(rows, "row") + " in " + join(urls, ", ") + ".";
}

RollbackSummary ended(const TargetRollback& home, RollbackVerdict verdict) {
  RollbackSummary summary;
  summary.plan = home.run().plan;
  summary.run = home.run().id;
  summary.target = home.shown_target();
  summary.verdict = verdict;
  return summary;
}

}  // namespace

RollbackSummary rollback_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                              const std::map<std::string, TargetDatabase*>& targets,
                              const RollbackOptions& options, const std::atomic<bool>& stop) {
  const std::vector<Plan> parts = parts_of(plan);
  std::vector<std::unique_ptr<TargetRollback>> all;  // home first
  for (const Plan& part : parts) {
    all.push_back(std::make_unique<TargetRollback>(part, sources, *targets.at(part.targets.front().name),
                                                   options, stop));
  }
  // A home that was lost and made anew, or is of before the run, does not know what the others still have.
  const auto left_over = std::ranges::find_if(all, [](const auto& target) { return target->has_left(); });
  TargetRollback& first = left_over == all.end() ? *all.front() : **left_over;
  first.choose();
  if (first.run().state == RunState::rolled_back) return ended(first, RollbackVerdict::already);
  first.lock();
  // Somebody may have begun or ended something between the look and the lock.
  first.choose();
  if (first.run().state == RunState::rolled_back) return ended(first, RollbackVerdict::already);
  std::vector<std::unique_ptr<TargetRollback>> with_run;
  for (auto& target : all) {
    if (target.get() != &first) {
      if (!target->find(first.run().id)) {
        options.notice("target " + target->name() + " (" + target->shown_target() + ") has nothing of run " +
                       first.run().id + ": nothing is taken back there");
        continue;
      }
      target->lock();
    }
    target->refuse_where_needed();
    with_run.push_back(std::move(target));
  }
  if (!options.confirm(question(with_run))) return ended(*with_run.front(), RollbackVerdict::declined);
  std::vector<RunInTarget> left;
  for (const auto& target : with_run) {
    if (target->run().state != RunState::rolled_back) left.push_back(target->to_take_back());
  }
  for (auto& one : left) one.others_are_back = left.size() < with_run.size();
  return take_back(left, options, stop);
}

Json to_json(const RollbackSummary& s) {
  constexpr std::array<std::string_view, 3> kVerdicts = {"rolled back", "already rolled back", "declined"};
  Json tables = Json::array();
  for (const auto& t : s.tables) {
    tables.push_back({{"table", t.table},
                      {"was_there", t.was_there},
                      {"existed", t.existed},
                      {"rows", t.rows},
                      {"discarded", t.discarded},
                      {"restored", t.restored}});
  }
  return {{"plan", s.plan},      {"run", s.run},
          {"target", s.target},  {"verdict", kVerdicts.at(static_cast<std::size_t>(s.verdict))},
          {"tables", tables},    {"proved_at", s.proved_at},
          {"seconds", s.seconds}};
}

}  // namespace planrun
