#include "report/status_text.h"

#include <map>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "report/check_text.h"
#include "report/text_table.h"
#include "run/sample.h"
#include "run/summary.h"

namespace planrun {

namespace {

struct LoadStatus {
  Balance balance;
  std::int64_t chunks_done = 0;
  std::int64_t chunks_pending = 0;
};

std::map<std::string, LoadStatus> load_states(const RunStatus& status) {
  std::map<std::string, LoadStatus> loads;
  for (const auto& record : status.chunks) {
    LoadStatus& load = loads[record.chunk.load];
    load.balance += record.result.balance;
    if (record.correction) continue;
    ++(record.done ? load.chunks_done : load.chunks_pending);
  }
  return loads;
}

std::string steps_line(const RunStatus& status) {
  std::map<StepState, int> counts;
  for (const auto& step : status.steps) ++counts[step.state];
  std::string text =
      std::to_string(counts[StepState::done]) + " of " + std::to_string(status.steps.size()) + " done";
  if (counts[StepState::undone] > 0) text += ", " + std::to_string(counts[StepState::undone]) + " undone";
  for (const auto& step : status.steps) {
    if (step.state == StepState::failed) text += "\n    failed: " + step.id + ": " + step.detail;
  }
  return text;
}

// What a kill leaves: the record of a process that is gone.
std::string left_text(const RunStatus& status) {
  if (status.at_work) return "";
  if (status.run.state == RunState::running) return "no process is at it: the run's command goes on with it";
  if (status.run.state == RunState::rolling_back)
    return "no process is at it: planrun rollback goes on with it";
  return "";
}

std::string run_text(const RunStatus& status, const Paint& paint) {
  const RunRecord& run = status.run;
  std::string state(to_string(run.state));
  state = run.state == RunState::passed ? paint.good(state) : paint.careful(state);
  const std::int64_t sample = sample_of(run);
  if (sample > 0) state += "  " + paint.careful(sample_text(sample));
  std::string text = paint.strong("run " + run.id) + "  " + state + "\n";
  text += "  begun " + to_iso_utc(run.started_at) + " on " + run.host + " (process " +
          std::to_string(run.process) + ")";
  text += run.finished_at == 0 ? ", not ended\n" : ", ended " + to_iso_utc(run.finished_at) + "\n";
  if (const std::string left = left_text(status); !left.empty()) text += "  " + paint.careful(left) + "\n";
  for (const std::string& other : out_of_step(run.state, status.targets))
    text += "  " + paint.careful(other) + "\n";
  if (status.pause)
    text += "  " + paint.careful("paused since " + to_iso_utc(status.pause->asked_at)) + " by " +
            status.pause->asked_by + "\n";
  text += "  plan " + run.fingerprint.substr(0, 16) + ", planrun " + run.program_version + "\n";
  text += "  steps: " + steps_line(status) + "\n";
  TextTable table({{"load", Align::left},
                   {"read", Align::right},
                   {"written", Align::right},
                   {"rejected", Align::right},
                   {"dropped", Align::right},
                   {"merged", Align::right},
                   {"emitted", Align::right},
                   {"chunks", Align::right}});
  for (const auto& [name, load] : load_states(status)) {
    const std::string all = std::to_string(load.chunks_done + load.chunks_pending);
    table.add({name, with_thousands(load.balance.rows_read), with_thousands(load.balance.rows_written),
               with_thousands(load.balance.rows_rejected), with_thousands(load.balance.rows_dropped),
               with_thousands(load.balance.rows_merged), with_thousands(load.balance.rows_emitted),
               std::to_string(load.chunks_done) + " of " + all});
  }
  text += table.text("  ");
  int passed = 0;
  std::string bad;
  for (const auto& check : status.checks) {
    if (check.status == "passed") {
      ++passed;
    } else {
      bad += "    " + check_line(check) + "\n";
    }
  }
  if (!status.checks.empty()) {
    text += "  checks: " + std::to_string(passed) + " of " + std::to_string(status.checks.size()) +
            " passed\n" + bad;
  }
  return text;
}

}  // namespace

std::string status_text(const std::string& plan, const std::vector<RunStatus>& runs, const Paint& paint) {
  if (runs.empty()) return "no run of plan " + plan + " is in the target's ledger\n";
  std::string text;
  for (const auto& run : runs) text += run_text(run, paint) + "\n";
  return text;
}

Json status_json(const std::string& plan, const std::vector<RunStatus>& runs) {
  Json list = Json::array();
  for (const auto& status : runs) {
    Json loads = Json::array();
    for (const auto& [name, load] : load_states(status)) {
      Json& shown = loads.emplace_back(to_json(load.balance));
      shown["load"] = name;
      shown["chunks_done"] = load.chunks_done;
      shown["chunks_pending"] = load.chunks_pending;
    }
    Json steps = Json::array();
    for (const auto& s : status.steps) {
      steps.push_back({{"step", s.id},
                       {"state", std::string(to_string(s.state))},
                       {"seconds", s.seconds},
                       {"detail", s.detail}});
    }
    Json checks = Json::array();
    for (const auto& c : status.checks) {
      checks.push_back({{"check", c.name},
                        {"severity", c.severity},
                        {"status", c.status},
                        {"expected", c.expected},
                        {"found", c.found}});
    }
    const RunRecord& run = status.run;
    list.push_back({{"run", run.id},
                    {"state", std::string(to_string(run.state))},
                    {"at_work", status.at_work},
                    {"started_at", to_iso_utc(run.started_at)},
                    {"finished_at", run.finished_at == 0 ? Json() : Json(to_iso_utc(run.finished_at))},
                    {"fingerprint", run.fingerprint},
                    {"host", run.host},
                    {"loads", loads},
                    {"steps", steps},
                    {"checks", checks}});
    if (status.pause) {
      list.back()["pause"] = {{"asked_by", status.pause->asked_by},
                              {"asked_at", to_iso_utc(status.pause->asked_at)},
                              {"seen", status.pause->seen_at > 0}};
    }
    for (const TargetState& target : status.targets)
      list.back()["targets"].push_back({{"name", target.name}, {"state", target.state}});
    if (sample_of(run) > 0) list.back()["sample"] = sample_of(run);
  }
  return {{"plan", plan}, {"runs", list}};
}

}  // namespace planrun
