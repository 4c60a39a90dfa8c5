// `planrun pause` and `planrun continue`: what they ask of a run at work goes through the target's ledger.
#include <chrono>
#include <iostream>
#include <thread>

#include "base/error.h"
#include "base/host.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/databases.h"

namespace planrun {

namespace {

// A run looks once a second; one that is committing to a slow disk may take longer.
constexpr auto kPatience = std::chrono::seconds(20);
constexpr auto kBetweenLooks = std::chrono::milliseconds(200);

RunRecord latest_run(const Plan& plan, TargetDatabase& home) {
  const auto runs = home.open_ledger(false)->runs(plan.name);
  if (!runs.empty()) return runs.front();
  throw Error(ErrorCode::refused, "plan " + plan.name + " has no run in " + home.shown_url(),
              "planrun status PLAN lists runs");
}

// The run is in each of its targets, of which one is being loaded.
bool is_seen(const std::vector<std::unique_ptr<PauseLedger>>& pauses, const std::string& run) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  do {
    for (const auto& ledger : pauses) {
      const auto pause = ledger->find(run);
      if (pause && pause->seen_at > 0) return true;
    }
    std::this_thread::sleep_for(kBetweenLooks);
  } while (std::chrono::steady_clock::now() < end && !stop_flag());
  return false;
}

void answer(const CommandOptions& options, const RunRecord& run, bool paused, const std::string& text) {
  if (options.json) {
    std::cout << Json{{"plan", run.plan}, {"run", run.id}, {"paused", paused}}.dump(2) << "\n";
  } else {
    std::cout << text << "\n";
  }
}

}  // namespace

int pause_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_plan_of_run(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  const RunRecord run = latest_run(plan, *databases.targets.at(plan.targets.front().name));
  if (run.state != RunState::running) {
    throw Error(ErrorCode::refused,
                "run " + run.id + " is " + std::string(to_string(run.state)) + ": there is nothing to pause");
  }
  std::vector<std::unique_ptr<PauseLedger>> pauses;
  for (const auto& [name, target] : databases.targets) {
    pauses.push_back(target->open_pause_ledger(true));
    pauses.back()->write({run.id, user_name() + " on " + host_name(), now_micros(), 0});
  }
  if (!is_seen(pauses, run.id)) {
    throw Error(ErrorCode::refused,
                "run " + run.id + " does not answer (process " + std::to_string(run.process) + " on " +
                    run.host + "); the pause waits for it in the ledger",
                "planrun continue " + options.plans.front() + " takes it back");
  }
  answer(options, run, true,
         "run " + run.id + " is paused: it ends what is under way and begins nothing\n  planrun continue " +
             options.plans.front() + " lets it go on");
  return 0;
}

int continue_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_plan_of_run(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  const RunRecord run = latest_run(plan, *databases.targets.at(plan.targets.front().name));
  bool was_paused = false;
  for (const auto& [name, target] : databases.targets)
    was_paused |= target->open_pause_ledger(false)->remove(run.id);
  if (!was_paused) throw Error(ErrorCode::refused, "run " + run.id + " is not paused");
  const bool is_over = run.state == RunState::passed || run.state == RunState::rolled_back;
  answer(options, run, false,
         "run " + run.id +
             (is_over ? " is " + std::string(to_string(run.state)) + ", and no longer paused" : " goes on"));
  return 0;
}

}  // namespace planrun
