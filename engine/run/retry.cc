#include "run/retry.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "load/load_chunk.h"
#include "run/choose_run.h"
#include "run/context.h"
#include "run/guards.h"
#include "run/prepare.h"
#include "run/resume.h"
#include "run/sample.h"
#include "run/scripts.h"
#include "run/settle_plan.h"
#include "run/snapshots.h"

namespace planrun {

namespace {

constexpr std::size_t kRowsATransaction = 1000;

Error otherwise(const std::string& what) {
  return Error(ErrorCode::refused, "the rejects cannot be sent through the plan as it is now: " + what,
               "change only what becomes of rejected rows, or take the run back and begin a new one");
}

// What a table is, and what its loads make of a row.
Json shape_of(Json table) {
  table.erase("loads");
  table.erase("after");
  return table;
}
Json rule_of(Json load) {
  load.erase("on_reject");
  load.erase("max_rejects");
  return load;
}

// The digest of all rows of a load under the plan of now, but for some keys.
class Without : public RowVisitor {
 public:
  Without(const Road& road, const std::set<std::string>& keys) : hasher_(road.row_hasher()), keys_(keys) {}
  void row(const SourceRow& from, std::span<const Cell> target) override {
    if (keys_.empty() || !keys_.contains(to_json(from.key()))) digest.add(hasher_.hash(target));
  }
  void rejected(const SourceRow& from, const Misfit&) override {
    if (!keys_.contains(to_json(from.key()))) ++rows_rejected;
  }
  Digest digest;
  std::int64_t rows_rejected = 0;

 private:
  RowHasher hasher_;
  const std::set<std::string>& keys_;
};

class Retry {
 public:
  Retry(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources, TargetDatabase& target,
        const std::atomic<bool>& stop)
      : plan_(plan), target_(target), stop_(stop), snapshots_(plan, sources, {}) {}

  RetrySummary execute(const std::string& id, Diagnostics& wrong) {
    ledger_ = target_.open_ledger(false);
    run_ = choose_run(plan_, id, *ledger_, target_);
    refuse_other_targets(run_, plan_);
    refuse_rolling_back(run_);
    std::vector<std::string> tables;
    for (const auto& table : plan_.tables) tables.push_back(table.name);
    ledger_->lock(plan_.name, tables);
    run_ = choose_run(plan_, run_.id, *ledger_, target_);
    refuse_rolling_back(run_);
    if (run_.state == RunState::rolled_back) {
      throw Error(ErrorCode::refused, "run " + run_.id + " of plan " + plan_.name + " is rolled back");
    }
    snapshots_.take_again(snapshots_from_json(run_.snapshots));
    prepared_ = prepare(plan_, snapshots_.databases(), target_, wrong);
    prepared_.plan.sample = summary_.sample = sample_of(run_);
    read_rejects();
    chunks_ = ledger_->chunks(run_.id);
    for (const auto& chunk : chunks_) {
      if (!chunk.done) throw otherwise("run " + run_.id + " has not read all of its rows yet");
    }
    target_connection_ = target_.connect(run_.id, 0);
    guards_ = watched_guards(prepared_.plan, target_.dialect().name());
    SettlePlanOptions options;
    options.run = run_.id;
    settlements_ = settle_plan(prepared_.plan, snapshots_.databases(), target_, options, stop_);
    refuse_unsettled(settlements_);
    accept_plan();
    check_sources();
    summary_.run = run_.id;
    if (rejects_.empty()) return summary_;
    // From here on the run is one under this plan that has not been proved.
    run_.state = RunState::interrupted;
    run_.fingerprint = fingerprint(prepared_.plan);
    run_.resolved_plan = json_text(prepared_.plan);
    run_.plan_text = plan_.text;
    run_.scripts = scripts_text(plan_, prepared_.plan);
    run_.updated_at = now_micros();
    ledger_->write_run(run_, {});
    reopen_sequences();
    for (const auto& [load, records] : rejects_)
      summary_.rows_tried += static_cast<std::int64_t>(records.size());
    retry_until_settled();
    summary_.rows_rejected =
        summary_.rows_tried - summary_.rows_written - summary_.rows_dropped - summary_.rows_merged;
    return summary_;
  }

 private:
  std::unique_ptr<Road> make_road(const ResolvedTable& table, const ResolvedLoad& load) {
    auto& source = sources_[load.source];
    if (!source) source = snapshots_.databases().at(load.source)->connect();
    const auto canonical = [this](const std::string& type, std::span<const std::string> values) {
      return target_connection_->canonical_text(type, values);
    };
    return std::make_unique<Road>(*source, table, load, target_.dialect().value_limits(), settlements_,
                                  canonical);
  }

  // The rows beside the rejected ones must be those that the run has written.
  void check_sources() {
    std::vector<RejectRecord> rejects;
    for (const auto& [load, records] : rejects_)
      rejects.insert(rejects.end(), records.begin(), records.end());
    check_committed_chunks(
        prepared_.plan, snapshots_.renewed(), chunks_, rejects,
        [this](const ResolvedTable& table, const ResolvedLoad& load) { return make_road(table, load); });
  }

  // A key may come that is larger than all before: the run that follows sets the sequences again.
  void reopen_sequences() {
    for (auto step : ledger_->steps(run_.id)) {
      if (step.kind != "sequence" || step.state != StepState::done) continue;
      step.state = StepState::pending;
      ledger_->write_step(run_.id, step);
    }
  }

  // Throws unless each row that is in the target is what the plan of now makes of it.
  void accept_plan() {
    if (run_.fingerprint == fingerprint(prepared_.plan)) return;
    const auto before = by_name(Json::parse(run_.resolved_plan).at("tables"));
    if (before.size() != prepared_.plan.tables.size()) throw otherwise("it has other tables than the run");
    for (const auto& table : prepared_.plan.tables) {
      const auto same = before.find(table.schema.name);
      if (same == before.end() || shape_of(same->second) != shape_of(schema_to_json(table))) {
        throw otherwise("table " + table.schema.name + " is not what the run has made");
      }
      const auto loads = by_name(same->second.at("loads"));
      for (const auto& load : table.loads) {
        const auto rule = loads.find(load.name);
        if (rule == loads.end()) throw otherwise("load " + load.name + " is new");
        if (rule_of(rule->second) != rule_of(load_to_json(load))) accept_load(table, load);
      }
      if (loads.size() != table.loads.size())
        throw otherwise("a load of table " + table.schema.name + " is gone");
    }
  }

  void accept_load(const ResolvedTable& table, const ResolvedLoad& load) {
    std::set<std::string> keys;
    if (const auto rejects = rejects_.find(load.name); rejects != rejects_.end()) {
      for (const auto& record : rejects->second) keys.insert(to_json(record.reject.key));
    }
    Digest written;
    for (const auto& chunk : chunks_) {
      if (chunk.chunk.load == load.name) written += chunk.result.told;
    }
    const auto road = make_road(table, load);
    Without now(*road, keys);
    road->travel({}, now);
    if (now.digest != written || now.rows_rejected > 0) {
      throw otherwise("load " + load.name + " would make other rows than those that are in the target");
    }
  }

  // A row may wait for one of a table that stands behind its own in the plan, or of its own: a load is tried
  // again as long as rows came into a table that its table refers to.
  void retry_until_settled() {
    std::set<std::string> waiting;
    for (const auto& table : prepared_.plan.tables) waiting.insert(table.schema.name);
    for (;;) {
      std::set<std::string> again;
      for (const auto& table : prepared_.plan.tables) {
        if (waiting.erase(table.schema.name) == 0) continue;
        const std::int64_t before = summary_.rows_written;
        for (const auto& load : table.loads) retry_load(table, load);
        if (summary_.rows_written == before) continue;
        for (const auto& child : children_of(table.schema.name)) {
          if (!waiting.contains(child)) again.insert(child);
        }
      }
      if (again.empty()) return;
      waiting = std::move(again);
      read_rejects();
    }
  }

  std::vector<std::string> children_of(const std::string& parent) const {
    std::vector<std::string> names;
    for (const auto& table : prepared_.plan.tables) {
      const auto& keys = table.schema.foreign_keys;
      if (std::ranges::find(keys, parent, &ForeignKeySchema::table) != keys.end())
        names.push_back(table.schema.name);
    }
    return names;
  }

  void read_rejects() {
    rejects_.clear();
    for (auto& record : ledger_->rejects(run_.id, -1)) rejects_[record.load].push_back(std::move(record));
  }

  void retry_load(const ResolvedTable& table, const ResolvedLoad& load) {
    const auto found = rejects_.find(load.name);
    if (found == rejects_.end()) return;
    // What is rejected again stays a reject, whatever the plan says of the run's own rows.
    ResolvedLoad again = load;
    again.on_reject = OnReject::keep;
    again.max_rejects = -1;
    const auto road = make_road(table, load);
    LoadState state;
    const ChunkLimits limits;
    Pace pace(stop_);
    ChunkLoader loader(*road, again, state, limits, pace);
    const auto& all = found->second;
    for (std::size_t first = 0; first < all.size(); first += kRowsATransaction) {
      if (stop_) throw Error(ErrorCode::interrupted, "stopped on request", "the same command goes on");
      const std::size_t count = std::min(kRowsATransaction, all.size() - first);
      retry_some(table, load, loader, std::span(all).subspan(first, count));
    }
  }

  void retry_some(const ResolvedTable& table, const ResolvedLoad& load, ChunkLoader& loader,
                  std::span<const RejectRecord> records) {
    ClaimRequest request;
    request.run = run_.id;
    request.loads.push_back(load_target(table, load));
    std::vector<Key> keys;
    for (const auto& record : records) {
      if (record.reject.key.values.empty()) continue;  // it cannot be found again
      request.retried.push_back(record.id);
      keys.push_back(record.reject.key);
    }
    if (keys.empty()) return;
    const auto guards = ask_guards(guards_, {&table.schema.name, 1}, request);
    const auto transaction = target_connection_->claim(request);
    if (!transaction)
      throw Error(ErrorCode::system, "the retried rows of load " + load.name + " have no chunk");
    const ChunkResult result = loader.load_again(*transaction, keys);
    const auto changed = judge_guards(guards, transaction->guard_values(), "load " + load.name);
    if (transaction->commit() == Outcome::in_doubt) {
      throw Error(ErrorCode::interrupted, "the connection was lost inside COMMIT",
                  "the same command goes on");
    }
    ledger_->write_checks(run_.id, changed);
    const Balance& balance = result.balance;
    summary_.rows_written += balance.rows_written;
    summary_.rows_dropped += balance.rows_dropped;
    summary_.rows_merged += balance.rows_merged;
  }

  const Plan& plan_;
  TargetDatabase& target_;
  const std::atomic<bool>& stop_;
  Snapshots snapshots_;
  Prepared prepared_;
  Settlements settlements_;
  std::unique_ptr<Ledger> ledger_;
  RunRecord run_;
  std::map<std::string, std::vector<RejectRecord>> rejects_;  // by load
  std::vector<ChunkRecord> chunks_;
  std::vector<WatchedGuard> guards_;
  std::unique_ptr<Target> target_connection_;
  std::map<std::string, std::unique_ptr<Source>> sources_;
  RetrySummary summary_;
};

}  // namespace

RetrySummary retry_rejects(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                           TargetDatabase& target, const std::string& id, const std::atomic<bool>& stop,
                           Diagnostics& wrong) {
  return Retry(plan, sources, target, stop).execute(id, wrong);
}

}  // namespace planrun
