#include "run/summary.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"

namespace planrun {

void add_balances(const ResolvedPlan& plan, const std::vector<ChunkRecord>& chunks, RunSummary& summary) {
  std::map<std::string, LoadSummary> loads;
  std::map<std::string, Digest> digests;
  for (const auto& record : chunks) {
    if (!record.done) continue;
    LoadSummary& load = loads[record.chunk.load];
    load.balance += record.result.balance;
    load.bytes += record.result.bytes;
    load.seconds += record.result.seconds;
    digests[record.chunk.load] += record.result.digest;
  }
  summary.rows_rejected = 0;
  for (const auto& table : plan.tables) {
    TableSummary t;
    t.table = table.schema.name;
    for (const auto& load : table.loads) {
      LoadSummary& l = loads[load.name];
      l.load = load.name;
      t.balance += l.balance;
      t.bytes += l.bytes;
      t.seconds += l.seconds;
      t.expected += digests[load.name];
      summary.loads.push_back(l);
    }
    summary.rows_rejected += t.balance.rows_rejected;
    summary.tables.push_back(std::move(t));
  }
}

namespace {

// The ranges of a load's chunks cover its table when every bound ends one and begins another, and one is open
// at each end.
bool join_up(const std::vector<const ChunkRecord*>& chunks) {
  std::vector<std::string> begins;
  std::vector<std::string> ends;
  int open_begins = 0;
  int open_ends = 0;
  for (const ChunkRecord* record : chunks) {
    const Range& range = record->chunk.range;
    if (range.from)
      begins.push_back(to_json(*range.from));
    else
      ++open_begins;
    if (range.until)
      ends.push_back(to_json(*range.until));
    else
      ++open_ends;
  }
  std::sort(begins.begin(), begins.end());
  std::sort(ends.begin(), ends.end());
  return open_begins == 1 && open_ends == 1 && begins == ends;
}

}  // namespace

std::vector<std::string> find_imbalance(const ResolvedPlan& plan, const std::vector<ChunkRecord>& chunks) {
  std::vector<std::string> found;
  std::map<std::string_view, std::vector<const ChunkRecord*>> by_load;
  for (const auto& record : chunks) by_load[record.chunk.load].push_back(&record);
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) {
      std::vector<const ChunkRecord*> own;
      Balance balance;
      Digest digest;
      int pending = 0;
      for (const ChunkRecord* record : by_load[load.name]) {
        balance += record->result.balance;
        digest += record->result.digest;
        if (!record->done) ++pending;
        if (record->result.balance.rows_written >= 0 && !record->correction) own.push_back(record);
      }
      // Each process of a run only knows what it has rejected itself, and what was there when it came.
      if (load.on_reject == OnReject::keep && load.max_rejects >= 0 &&
          balance.rows_rejected > load.max_rejects) {
        found.push_back("load " + load.name + ": " + std::to_string(balance.rows_rejected) +
                        " rows rejected, max_rejects is " + std::to_string(load.max_rejects));
      }
      if (pending > 0)
        found.push_back("load " + load.name + ": " + counted(pending, "chunk") +
                        (pending == 1 ? " is pending" : " are pending"));
      if (!join_up(own))
        found.push_back("load " + load.name + ": the key ranges of its chunks do not join up");
      if (!balance.holds()) {
        found.push_back("load " + load.name + ": " + std::to_string(balance.rows_read) + " rows read, but " +
                        std::to_string(balance.rows_written) + " written, " +
                        std::to_string(balance.rows_rejected) + " rejected, " +
                        std::to_string(balance.rows_dropped) + " dropped, " +
                        std::to_string(balance.rows_merged) + " merged");
      }
      // A row that `insert_missing` let be is accounted for, and is not the run's.
      const bool is_left = load.write == WriteMode::insert_missing;
      const std::int64_t hashed =
          balance.rows_inserted + balance.rows_updated + (is_left ? 0 : balance.rows_unchanged);
      if (!balance.emitted_holds() || hashed != digest.rows) {
        found.push_back("load " + load.name + ": " + std::to_string(balance.rows_emitted) +
                        " rows emitted (" + std::to_string(digest.rows) + " hashed), but " +
                        std::to_string(balance.rows_inserted) + " inserted, " +
                        std::to_string(balance.rows_updated) + " updated, " +
                        std::to_string(balance.rows_unchanged) + " unchanged, " +
                        std::to_string(balance.rows_emitted_merged) + " merged");
      }
      if (!load.transform && balance.rows_emitted != balance.rows_written + balance.rows_merged) {
        found.push_back("load " + load.name + ": " + std::to_string(balance.rows_written) +
                        " source rows written and " + std::to_string(balance.rows_merged) + " merged, but " +
                        std::to_string(balance.rows_emitted) + " rows emitted");
      }
    }
  }
  return found;
}

void append(RunSummary& summary, const RunSummary& other) {
  const auto add = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
  summary.target += ", " + other.target;
  add(summary.tables, other.tables);
  add(summary.loads, other.loads);
  add(summary.checks, other.checks);
  add(summary.rejects, other.rejects);
  summary.rows_rejected += other.rows_rejected;
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::passed_with_rejects:
      return "passed, with rejects";
    case Verdict::failed:
      return "failed";
    case Verdict::unproved:
      return "unproved";
    case Verdict::interrupted:
      return "interrupted";
    case Verdict::already_done:
      return "already done";
  }
  return "";
}

int exit_status(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
    case Verdict::passed_with_rejects:
    case Verdict::already_done:
      return 0;
    case Verdict::failed:
      return 1;
    case Verdict::unproved:
      return 3;
    case Verdict::interrupted:
      return 4;
  }
  return 1;
}

Json to_json(const Balance& b) {
  return {{"rows_read", b.rows_read},           {"rows_written", b.rows_written},
          {"rows_rejected", b.rows_rejected},   {"rows_dropped", b.rows_dropped},
          {"rows_merged", b.rows_merged},       {"rows_emitted", b.rows_emitted},
          {"rows_inserted", b.rows_inserted},   {"rows_updated", b.rows_updated},
          {"rows_unchanged", b.rows_unchanged}, {"rows_emitted_merged", b.rows_emitted_merged}};
}

namespace {

Json with_verdict(const Balance& b) {
  Json json = to_json(b);
  json["balanced"] = b.holds() && b.emitted_holds();
  return json;
}

std::string_view to_string(ProofState state) {
  switch (state) {
    case ProofState::not_done:
      return "not done";
    case ProofState::proved:
      return "proved";
    case ProofState::different:
      return "different";
  }
  return "";
}

Json to_json(const Digest& d) {
  Json json = {{"rows", d.rows}, {"xxh3_128_sum", to_hex(d.sum)}};
  if (d.sha256 != Hash256{}) json["sha256_sum"] = to_hex(d.sha256);
  return json;
}

Json to_json(const TableSummary& t) {
  Json table = {{"table", t.table},
                {"balance", with_verdict(t.balance)},
                {"rows_found", t.rows_found},
                {"bytes", t.bytes},
                {"seconds", t.seconds},
                {"index_count", t.index_count},
                {"proof", std::string(to_string(t.proof))},
                {"expected", to_json(t.expected)},
                {"found", to_json(t.found)}};
  Json differences = Json::array();
  for (const auto& d : t.differences) {
    differences.push_back(
        {{"key", d.key}, {"column", d.column}, {"expected", d.expected}, {"found", d.found}});
  }
  table["differences"] = differences;
  return table;
}

}  // namespace

Json to_json(const RunSummary& s) {
  Json json = {{"plan", s.plan},
               {"run", s.run},
               {"verdict", std::string(to_string(s.verdict))},
               {"exit_status", exit_status(s.verdict)},
               {"message", s.message},
               {"hint", s.hint},
               {"rolled_back", s.rolled_back},
               {"target", s.target},
               {"proved_at", s.proved_at},
               {"seconds", s.seconds},
               {"rows_rejected", s.rows_rejected},
               {"snapshots", s.snapshots}};
  if (s.sample > 0) json["sample"] = s.sample;
  Json tables = Json::array();
  for (const auto& t : s.tables) tables.push_back(to_json(t));
  json["tables"] = tables;
  Json loads = Json::array();
  for (const auto& l : s.loads) {
    loads.push_back(
        {{"load", l.load}, {"balance", with_verdict(l.balance)}, {"bytes", l.bytes}, {"seconds", l.seconds}});
  }
  json["loads"] = loads;
  Json checks = Json::array();
  for (const auto& c : s.checks) {
    checks.push_back({{"check", c.name},
                      {"severity", c.severity},
                      {"status", c.status},
                      {"expected", c.expected},
                      {"found", c.found},
                      {"message", c.message}});
  }
  json["checks"] = checks;
  Json rejects = Json::array();
  for (const auto& r : s.rejects) {
    rejects.push_back({{"load", r.load},
                       {"source", r.reject.source},
                       {"table", r.reject.table},
                       {"key", to_text(r.reject.key)},
                       {"column", r.reject.column},
                       {"value", r.reject.value},
                       {"reason", r.reject.reason}});
  }
  json["rejects"] = rejects;
  return json;
}

}  // namespace planrun
