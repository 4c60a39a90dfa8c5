#include "report/run_report.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/time.h"
#include "plan/recorded_plan.h"
#include "report/hidden_values.h"
#include "report/run_verdict.h"
#include "run/guards.h"
#include "run/sample.h"

namespace planrun {

namespace {

constexpr std::size_t kShownSamples = 5;
constexpr std::size_t kShownReadings = 200;

// What the end of a run left; null where it has left nothing that counts for the state it is in now.
Json summary_of(const RunRecord& run) {
  if (run.summary.empty() || run.state == RunState::running) return nullptr;
  return Json::parse(run.summary);
}

bool has_proof(RunState state) {
  return state == RunState::passed || state == RunState::unproved || state == RunState::rolling_back ||
         state == RunState::rolled_back;
}

Digest digest_of(const Json& json) {
  std::string sums = json.at("xxh3_128_sum");
  if (json.contains("sha256_sum")) sums += " sha256:" + json.at("sha256_sum").get<std::string>();
  return digest_from(json.at("rows"), sums);
}

int rank_of(const std::string& status) {
  if (status == "failed") return 0;
  if (status == "error") return 1;
  return status == "passed" ? 3 : 2;
}

// What one target's ledger adds to the report.
class PartReader {
 public:
  PartReader(const LedgerPart& part, const ReportOptions& options, RunReport& report)
      : part_(part), options_(options), report_(report), plan_(read_recorded_plan(part.run.resolved_plan)) {
    for (const auto& chunk : part.chunks) chunks_[chunk.chunk.load].push_back(&chunk);
  }

  void read() {
    for (const auto& step : part_.steps) {
      ReportStep& added = report_.steps.emplace_back(ReportStep{part_.target, step});
      if (!options_.show_values) added.step.detail = without_values(step.detail);
    }
    for (const auto& table : plan_.tables) add_table(table);
    read_proofs();
    add_reasons(part_.rejects);
    add_reasons(part_.merged);
    read_checks();
    add_snapshots();
    add_scripts();
  }

 private:
  void add_table(const ResolvedTable& table) {
    ReportTable& shown = report_.tables.emplace_back();
    shown.target = part_.target;
    shown.table = table.schema.name;
    shown.exists = table.schema.exists;
    shown.proof = "not done";
    for (const auto& load : table.loads) {
      const ReportLoad added = load_of(table.schema.name, load.name);
      report_.balance += added.balance;
      report_.bytes += added.bytes;
      report_.loads.push_back(added);
      for (const ChunkRecord* chunk : chunks_[load.name]) {
        if (chunk->done) shown.expected += chunk->result.digest;
      }
    }
  }

  ReportLoad load_of(const std::string& table, const std::string& name) {
    ReportLoad load;
    load.target = part_.target;
    load.table = table;
    load.load = name;
    for (const ChunkRecord* chunk : chunks_[name]) {
      if (!chunk->correction) ++(chunk->done ? load.chunks_done : load.chunks_pending);
      if (!chunk->done) continue;
      load.balance += chunk->result.balance;
      load.bytes += chunk->result.bytes;
      load.seconds += chunk->result.seconds;
    }
    return load;
  }

  // Only where the state says that the tables were read back.
  void read_proofs() {
    const Json summary = summary_of(part_.run);
    if (!summary.is_object() || !has_proof(part_.run.state)) return;
    std::map<std::string, ReportTable*> tables;
    for (auto& table : report_.tables) {
      if (table.target == part_.target) tables.emplace(table.table, &table);
    }
    for (const auto& json : summary.at("tables")) {
      const auto table = tables.find(json.at("table").get<std::string>());
      if (table != tables.end()) read_proof(json, *table->second);
    }
  }

  void read_proof(const Json& json, ReportTable& table) {
    table.proof = json.at("proof");
    if (table.proof == "not done") return;
    table.found = digest_of(json.at("found"));
    report_.rows_read_back += table.found.rows;
    const Json& differences = json.at("differences");
    table.difference_count = std::ssize(differences);
    if (!options_.show_values) return;
    for (const auto& d : differences) {
      table.differences.push_back({d.at("key"), d.at("column"), d.at("expected"), d.at("found")});
    }
  }

  void add_reasons(const std::vector<RejectRecord>& records) {
    std::map<std::tuple<std::string, std::string, std::string, std::string>, ReportReason> reasons;
    for (const auto& record : records) {
      const Reject& reject = record.reject;
      const std::string source = reject.source + "." + reject.table;
      const std::string reason = without_values(reject.reason, reject.row);
      ReportReason& group = reasons[{record.load, source, reject.column, reason}];
      if (group.rows++ == 0) {
        group.target = part_.target;
        group.load = record.load;
        group.source = source;
        group.column = reject.column;
        group.reason = reason;
        group.kind = to_string(reject.kind);
      }
      if (options_.show_values && group.samples.size() < kShownSamples) {
        group.samples.push_back({to_text(reject.key), reject.value, reject.reason, reject.row});
      }
    }
    for (auto& [what, group] : reasons) report_.reasons.push_back(std::move(group));
  }

  void read_checks() {
    std::set<std::string> of_plan;
    const Json recorded = Json::parse(part_.run.resolved_plan);
    for (const auto& check : recorded.value("checks", Json::array())) of_plan.insert(check.at("name"));
    std::map<std::string, std::size_t> places;
    const auto own = part_.check_runs.find(part_.run.id);
    if (own == part_.check_runs.end()) return;
    for (const auto& record : own->second) {
      if (is_guard(record)) {
        add_guard(record);
        continue;
      }
      const auto [place, is_new] = places.emplace(record.name, report_.checks.size());
      if (is_new) report_.checks.emplace_back();
      ReportCheck& check = report_.checks[place->second];
      check.target = part_.target;
      check.of_plan = of_plan.contains(record.name);
      check.record = record;
      if (!options_.show_values) check.record.message = without_values(record.message);
    }
    for (const auto& [run, records] : part_.check_runs) {
      for (const auto& record : records) {
        if (const auto place = places.find(record.name); place != places.end())
          report_.checks[place->second].history.push_back({run, record});
      }
    }
    for (const auto& [name, place] : places) keep_latest(report_.checks[place].history);
  }

  static void keep_latest(std::vector<CheckReading>& history) {
    std::stable_sort(history.begin(), history.end(), [](const CheckReading& a, const CheckReading& b) {
      return a.record.checked_at < b.record.checked_at;
    });
    if (history.size() > kShownReadings) {
      history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(kShownReadings));
    }
    for (auto& reading : history) reading.record.message.clear();
  }

  // The first reading is the one before the run; what transactions of the run have changed, and the last
  // reading, come behind it.
  void add_guard(const CheckRecord& record) {
    const std::string name = guard_name(record);
    auto& guards = report_.guards;
    auto found = std::find_if(guards.begin(), guards.end(), [&](const ReportGuard& guard) {
      return guard.target == part_.target && guard.name == name;
    });
    if (found == guards.end()) {
      guards.push_back({part_.target, name, record.severity, record.found, "", false, record.status, ""});
      return;
    }
    if (is_after_run(record)) {
      found->after = record.found;
      found->is_read_after = true;
    }
    found->status = record.status;
    if (!record.message.empty()) {
      found->message += (found->message.empty() ? "" : "; ") + record.message;
    }
  }

  void add_snapshots() {
    for (const auto& snapshot : snapshots_from_json(part_.run.snapshots)) {
      const auto is_same = [&](const SnapshotRecord& other) {
        return other.source == snapshot.source && other.file == snapshot.file;
      };
      auto& all = report_.snapshots;
      if (std::none_of(all.begin(), all.end(), is_same)) all.push_back(snapshot);
    }
  }

  void add_scripts() {
    if (part_.run.scripts.empty()) return;
    const Json scripts = Json::parse(part_.run.scripts);
    for (const auto& [file, script] : scripts.items()) {
      const auto is_same = [&, &name = file](const ReportFile& other) { return other.file == name; };
      auto& all = report_.scripts;
      if (std::none_of(all.begin(), all.end(), is_same)) {
        all.push_back({file, script.at("sha256"), script.at("text")});
      }
    }
  }

  const LedgerPart& part_;
  const ReportOptions& options_;
  RunReport& report_;
  ResolvedPlan plan_;
  std::map<std::string, std::vector<const ChunkRecord*>> chunks_;  // by load
};

PlanTextDiff diff_of(const LedgerPart& home) {
  PlanTextDiff diff;
  for (const RunRecord& run : home.runs) {
    const bool is_earlier = run.id != home.run.id && run.started_at <= home.run.started_at;
    if (!is_earlier || run.plan_text.empty()) continue;
    diff.run = run.id;
    diff.state = to_string(run.state);
    diff.started_at = run.started_at;
    if (run.plan_text != home.run.plan_text) diff.lines = line_diff(run.plan_text, home.run.plan_text);
    break;
  }
  return diff;
}

void sort(RunReport& report) {
  std::stable_sort(report.reasons.begin(), report.reasons.end(),
                   [](const ReportReason& a, const ReportReason& b) {
                     return std::tuple(b.kind, b.rows) < std::tuple(a.kind, a.rows);
                   });
  std::stable_sort(report.checks.begin(), report.checks.end(),
                   [](const ReportCheck& a, const ReportCheck& b) {
                     return std::tuple(rank_of(a.record.status), !a.of_plan) <
                            std::tuple(rank_of(b.record.status), !b.of_plan);
                   });
}

}  // namespace

RunReport make_report(const std::vector<LedgerPart>& parts, const ReportOptions& options) {
  const LedgerPart& home = parts.front();
  RunReport report;
  report.run = home.run;
  report.gathered_at = options.now;
  report.shows_values = options.show_values;
  try {
    report.description = Json::parse(home.run.resolved_plan).value("description", std::string());
    report.sample = sample_of(home.run);
    for (const auto& part : parts) {
      const bool knows_it = !part.run.id.empty();
      report.targets.push_back(
          {part.target, part.shown_url, knows_it ? std::string(to_string(part.run.state)) : ""});
      if (knows_it) PartReader(part, options, report).read();
    }
    report.targets.insert(report.targets.end(), options.lost.begin(), options.lost.end());
    report.timeline = make_timeline(parts);
    report.plan_sha256 = sha256_hex(home.run.plan_text);
    report.diff = diff_of(home);
    sort(report);
    add_verdict(report, summary_of(home.run));
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::refused,
                "the ledger's record of run " + home.run.id + " cannot be read: " + error.what(),
                "use the planrun that made the run");
  }
  return report;
}

}  // namespace planrun
