#include <iostream>
#include <iterator>
#include <map>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/part.h"
#include "report/status_text.h"
#include "report/watch_text.h"
#include "run/checks.h"

namespace planrun {

namespace {

RunStatus* find(std::vector<RunStatus>& runs, const std::string& id) {
  for (auto& status : runs) {
    if (status.run.id == id) return &status;
  }
  return nullptr;
}

template <typename Record>
void append(std::vector<Record>& all, std::vector<Record> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool is_under_way(const RunRecord& run) {
  return run.state == RunState::running || run.state == RunState::rolling_back;
}

// What one target's ledger says of the plan's runs.
struct TargetRuns {
  std::string name;
  std::string shown_url;
  std::map<std::string, std::string> states{};  // by run
  std::string unreachable{};                    // why it could not be asked
};

// Each target's word on each run, once all runs are known.
void add_targets(const Plan& plan, const std::vector<TargetRuns>& targets, std::vector<RunStatus>& runs) {
  for (RunStatus& status : runs) {
    const auto lost = lost_targets(status.run.plan_text, plan);
    if (targets.size() + lost.size() < 2) continue;
    for (const TargetRuns& target : targets) {
      const auto known = target.states.find(status.run.id);
      status.targets.push_back({target.name, target.shown_url,
                                known == target.states.end() ? "" : known->second, target.unreachable});
    }
    for (const std::string& name : lost) status.targets.push_back({name, "", ""});
  }
}

// Home's ledger has the run's own state; the others add what they have done of it.
void read_target(const Plan& plan, TargetDatabase& target, bool is_home, TargetRuns& its,
                 std::vector<RunStatus>& runs) {
  const auto ledger = target.open_ledger(false);
  const auto pauses = target.open_pause_ledger(false);
  for (auto& run : ledger->runs(plan.name)) {
    its.states[run.id] = to_string(run.state);
    RunStatus* status = find(runs, run.id);
    if (status == nullptr) {
      status = &runs.emplace_back(RunStatus{std::move(run), {}, {}, {}, {}});
      status->at_work = is_home && is_under_way(status->run) && ledger->is_locked(plan.name);
    }
    if (auto pause = pauses->find(status->run.id)) status->pause = std::move(pause);
    append(status->steps, ledger->steps(status->run.id));
    append(status->chunks, ledger->chunks(status->run.id));
    append(status->checks, last_results(ledger->checks(status->run.id)));
  }
}

// Of the latest run.
Streak streak_of(const Plan& plan, TargetDatabase& home) {
  const auto runs = home.open_ledger(false)->runs(plan.name);
  if (runs.empty()) return {};
  return find_streak(home.open_watch_ledger(false)->verifications(plan.name, -1), runs.front().id);
}

// Whether a cutover may follow.
int answer_gate(const Plan& plan, const CommandOptions& options, const Console& console) {
  if (!plan.gate) {
    throw Error(ErrorCode::usage, "plan " + plan.name + " has no gate",
                "[gate] verifications = 168, within = \"7d\"");
  }
  const std::int64_t now = now_micros();
  const Streak streak = streak_of(plan, *open_target(plan.targets.front()));
  std::cout << (options.json ? to_json(streak, plan.gate, now).dump(2) + "\n"
                             : watch_text(streak, plan.gate, now, console.out));
  return judge_gate(*plan.gate, streak, now).met ? 0 : 3;
}

}  // namespace

int status_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  if (options.gate) return answer_gate(plan, options, console);
  std::vector<RunStatus> runs;
  std::vector<TargetRuns> targets;
  for (const PlanTarget& named : plan.targets) {
    const auto target = open_target(named);
    const bool is_home = &named == &plan.targets.front();
    TargetRuns& its = targets.emplace_back(TargetRuns{named.name, target->shown_url()});
    try {
      read_target(plan, *target, is_home, its, runs);
    } catch (const Error& error) {
      if (is_home || error.code() != ErrorCode::unreachable) throw;
      its.unreachable = error.what();
    }
  }
  add_targets(plan, targets, runs);
  const Streak streak = streak_of(plan, *open_target(plan.targets.front()));
  if (options.json) {
    Json status = status_json(plan.name, runs);
    status["verifications"] = to_json(streak, plan.gate, now_micros());
    std::cout << status.dump(2) << "\n";
  } else {
    std::cout << status_text(plan.name, runs, console.out);
    if (!runs.empty()) std::cout << watch_text(streak, plan.gate, now_micros(), console.out);
  }
  return 0;
}

}  // namespace planrun
