#include "run/retry.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "load/road.h"
#include "run/choose_run.h"
#include "run/prepare.h"
#include "run/sample.h"
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

std::map<std::string, Json> by_name(const Json& list) {
  std::map<std::string, Json> named;
  for (const auto& item : list) named[item.at("name").get<std::string>()] = item;
  return named;
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

// One row along the road, kept.
class OneRow : public RowVisitor {
 public:
  OneRow(Road& road, const RejectRecord& record) : road_(road), record_(record) {}

  bool wants_more(const Reader&) override { return count_++ == 0; }
  void row(const SourceRow& from, std::span<const Cell> target) override {
    must_be_it(from);
    for (Cell cell : target) {
      if (cell.kind == CellKind::text || cell.kind == CellKind::blob) {
        cell.bytes = bytes_.emplace_back(cell.bytes);
      }
      cells.push_back(cell);
    }
  }
  void rejected(const SourceRow& from, const Misfit& misfit) override {
    must_be_it(from);
    reject = road_.make_reject(from, misfit);
  }
  void dropped() override { is_dropped = true; }
  void merged(const SourceRow& from, std::span<const Cell>, const MergedRow& row) override {
    must_be_it(from);
    is_merged = true;
    if (row.differs) different = road_.make_reject(from, row);
  }

  // One of the four.
  std::vector<Cell> cells;
  std::optional<Reject> reject;
  bool is_dropped = false;
  bool is_merged = false;

  std::optional<Reject> different;  // what is kept of a merged row

 private:
  void must_be_it(const SourceRow& from) const {
    if (from.key() == record_.reject.key) return;
    throw Error(ErrorCode::source, to_text(record_.reject) + ": the row is not in the snapshot any more");
  }
  Road& road_;
  const RejectRecord& record_;
  std::deque<std::string> bytes_;  // addresses stay as it grows
  int count_ = 0;
};

class Retry {
 public:
  Retry(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources, TargetDatabase& target,
        const std::atomic<bool>& stop)
      : plan_(plan), target_(target), stop_(stop), snapshots_(plan, sources, {}) {}

  RetrySummary execute(const std::string& id, Diagnostics& wrong) {
    ledger_ = target_.open_ledger(false);
    run_ = choose_run(plan_, id, *ledger_, target_);
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
    for (auto& record : ledger_->rejects(run_.id, -1)) rejects_[record.load].push_back(std::move(record));
    chunks_ = ledger_->chunks(run_.id);
    for (const auto& chunk : chunks_) {
      if (!chunk.done) throw otherwise("run " + run_.id + " has not read all of its rows yet");
    }
    target_connection_ = target_.connect(run_.id, 0);
    SettlePlanOptions options;
    options.run = run_.id;
    settlements_ = settle_plan(prepared_.plan, snapshots_.databases(), target_, options, stop_);
    refuse_unsettled(settlements_);
    accept_plan();
    summary_.run = run_.id;
    if (rejects_.empty()) return summary_;
    // From here on the run is one under this plan that has not been proved.
    run_.state = RunState::interrupted;
    run_.fingerprint = fingerprint(prepared_.plan);
    run_.resolved_plan = to_json(prepared_.plan).dump();
    run_.updated_at = now_micros();
    ledger_->write_run(run_, {});
    reopen_sequences();
    for (const auto& table : prepared_.plan.tables) {
      for (const auto& load : table.loads) retry_load(table, load);
    }
    return summary_;
  }

 private:
  Road make_road(const ResolvedTable& table, const ResolvedLoad& load) {
    auto& source = sources_[load.source];
    if (!source) source = snapshots_.databases().at(load.source)->connect();
    const auto canonical = [this](const std::string& type, std::span<const std::string> values) {
      return target_connection_->canonical_text(type, values);
    };
    return Road(*source, table, load, target_.dialect().value_limits(), settlements_, canonical);
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
    for (const auto& record : rejects_[load.name]) keys.insert(to_json(record.reject.key));
    Digest written;
    for (const auto& chunk : chunks_) {
      if (chunk.chunk.load == load.name) written += chunk.result.digest;
    }
    Road road = make_road(table, load);
    Without now(road, keys);
    road.travel({}, now);
    if (now.digest != written || now.rows_rejected > 0) {
      throw otherwise("load " + load.name + " would make other rows than those that are in the target");
    }
  }

  void retry_load(const ResolvedTable& table, const ResolvedLoad& load) {
    const auto found = rejects_.find(load.name);
    if (found == rejects_.end()) return;
    if (load.may_meet_rows) {
      throw otherwise("rows of load " + load.name +
                      " meet rows that are there, in the order of their source");
    }
    if (load.transform) throw otherwise("load " + load.name + " has a transform");
    const auto& all = found->second;
    for (std::size_t first = 0; first < all.size(); first += kRowsATransaction) {
      if (stop_) throw Error(ErrorCode::interrupted, "stopped on request", "the same command goes on");
      const std::size_t count = std::min(kRowsATransaction, all.size() - first);
      retry_some(table, load, std::span(all).subspan(first, count));
    }
  }

  void retry_some(const ResolvedTable& table, const ResolvedLoad& load,
                  std::span<const RejectRecord> records) {
    Road road = make_road(table, load);
    ClaimRequest request;
    request.run = run_.id;
    LoadTarget into;
    into.load = load.name;
    into.table = &table.schema;
    into.columns = road.columns();
    request.loads.push_back(std::move(into));
    std::vector<std::unique_ptr<OneRow>> rows;
    std::vector<Reject> rejected;
    std::vector<Reject> kept;
    std::vector<std::pair<const RejectRecord*, const OneRow*>> fitting;
    ChunkResult result;
    for (const auto& record : records) {
      if (record.reject.key.values.empty()) continue;  // it cannot be found again
      request.retried.push_back(record.id);
      auto& row = *rows.emplace_back(std::make_unique<OneRow>(road, record));
      road.travel({record.reject.key, std::nullopt}, row);
      if (row.reject) {
        rejected.push_back(*row.reject);
      } else if (row.is_dropped) {
        ++result.balance.rows_dropped;
      } else if (row.is_merged) {
        ++result.balance.rows_merged;
        if (row.different) kept.push_back(*row.different);
      } else {
        fitting.emplace_back(&record, &row);
      }
    }
    summary_.rows_tried += static_cast<std::int64_t>(records.size());
    summary_.rows_rejected += static_cast<std::int64_t>(records.size() - request.retried.size());
    if (request.retried.empty()) return;
    const auto transaction = target_connection_->claim(request);
    if (!transaction)
      throw Error(ErrorCode::system, "the retried rows of load " + load.name + " have no chunk");
    std::set<std::int64_t> refused;
    for (const auto& failure : write(*transaction, fitting)) {
      refused.insert(failure.ordinal);
      Reject reject = fitting[static_cast<std::size_t>(failure.ordinal)].first->reject;
      reject.column = failure.column;
      reject.reason = failure.reason;
      rejected.push_back(std::move(reject));
    }
    RowHasher hasher = road.row_hasher();
    for (std::size_t i = 0; i < fitting.size(); ++i) {
      if (!refused.contains(static_cast<std::int64_t>(i)))
        result.digest.add(hasher.hash(fitting[i].second->cells));
    }
    for (const Reject& reject : rejected) transaction->reject(reject);
    for (const Reject& reject : kept) transaction->reject(reject);
    Balance& balance = result.balance;
    balance.rows_written = balance.rows_inserted = result.digest.rows;
    balance.rows_emitted_merged = balance.rows_merged;
    balance.rows_emitted = balance.rows_inserted + balance.rows_emitted_merged;
    balance.rows_rejected = -balance.rows_written - balance.rows_dropped - balance.rows_merged;
    transaction->finish(result);
    if (transaction->commit() == Outcome::in_doubt) {
      throw Error(ErrorCode::interrupted, "the connection was lost inside COMMIT",
                  "the same command goes on");
    }
    summary_.rows_written += result.balance.rows_written;
    summary_.rows_dropped += result.balance.rows_dropped;
    summary_.rows_merged += result.balance.rows_merged;
    summary_.rows_rejected += static_cast<std::int64_t>(rejected.size());
  }

  static std::vector<RowFailure> write(
      ChunkTransaction& transaction,
      const std::vector<std::pair<const RejectRecord*, const OneRow*>>& fitting) {
    for (;;) {
      for (const auto& [record, row] : fitting) transaction.write(row->cells);
      try {
        return transaction.flush().failures;
      } catch (const Error& error) {
        // In the stage each further time leaves one more row out, so this comes to an end.
        if (error.code() != ErrorCode::row_violation) throw;
        transaction.stage();
      }
    }
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
