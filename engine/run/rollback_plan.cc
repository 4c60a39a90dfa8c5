#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "plan/recorded_plan.h"
#include "run/choose_run.h"
#include "run/prepare.h"
#include "run/proof.h"
#include "run/rollback.h"
#include "run/snapshots.h"

namespace planrun {

namespace {

constexpr std::size_t kShownKeys = 10;

class PlanRollback {
 public:
  PlanRollback(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
               TargetDatabase& target, const RollbackOptions& options, const std::atomic<bool>& stop)
      : plan_(plan), sources_(sources), target_(target), options_(options), stop_(stop) {}

  RollbackSummary execute() {
    ledger_ = target_.open_ledger(false);
    choose();
    if (run_.state == RunState::rolled_back) return ended(RollbackVerdict::already);
    ledger_->lock(plan_.name, tables());
    // Somebody may have begun or ended something between the look and the lock.
    choose();
    if (run_.state == RunState::rolled_back) return ended(RollbackVerdict::already);
    refuse_where_needed();
    if (!options_.confirm(question())) return ended(RollbackVerdict::declined);
    const auto differing = [this](const std::string& table) { return differing_keys(table); };
    return take_back(run_, *ledger_, target_, options_, differing, stop_);
  }

 private:
  RollbackSummary ended(RollbackVerdict verdict) const {
    RollbackSummary summary;
    summary.plan = plan_.name;
    summary.run = run_.id;
    summary.target = target_.shown_url();
    summary.verdict = verdict;
    return summary;
  }

  void choose() {
    run_ = choose_run(plan_, options_.run, *ledger_, target_);
    if (run_.state == RunState::rolled_back) return;
    for (const auto& newer : ledger_->runs(plan_.name)) {
      if (newer.id == run_.id) return;
      if (newer.state == RunState::rolled_back) continue;
      throw Error(ErrorCode::refused,
                  "run " + newer.id + " of plan " + plan_.name + " came after run " + run_.id,
                  "take run " + newer.id + " back first");
    }
  }

  std::vector<std::string> tables() const {
    std::vector<std::string> names;
    for (const auto& table : read_recorded_plan(run_.resolved_plan).tables)
      names.push_back(table.schema.name);
    return names;
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

  std::string question() const {
    int table_count = 0;
    for (const auto& step : ledger_->steps(run_.id)) {
      if (step.kind == "create" && step.state == StepState::done) ++table_count;
    }
    std::int64_t rows = 0;
    for (const auto& chunk : ledger_->chunks(run_.id)) {
      if (chunk.done) rows += chunk.result.digest.rows;
    }
    return "Take back run " + run_.id + " of plan " + plan_.name + " (" + std::string(to_string(run_.state)) +
           ", begun " + to_iso_utc(run_.started_at) + ")? It has made " + std::to_string(table_count) +
           " tables with " + with_thousands(rows) + " rows in " + target_.shown_url() + ".";
  }

  // Known where the snapshots are there, the plan file still says what the run did, and the table was loaded
  // whole.
  std::vector<std::string> differing_keys(const std::string& table) {
    std::vector<std::string> keys;
    try {
      Snapshots snapshots(plan_, sources_, {});
      snapshots.take_again(snapshots_from_json(run_.snapshots));
      Diagnostics wrong;
      const Prepared prepared = prepare(plan_, snapshots.databases(), target_, wrong);
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
      for (const auto& d : find_differences(target_.dialect(), resolved, *connection, source,
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

}  // namespace

RollbackSummary rollback_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                              TargetDatabase& target, const RollbackOptions& options,
                              const std::atomic<bool>& stop) {
  return PlanRollback(plan, sources, target, options, stop).execute();
}

}  // namespace planrun
