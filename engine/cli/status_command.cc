#include <iostream>

#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/status_text.h"

namespace planrun {

int status_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const auto target = open_target(plan.targets.front());
  const auto ledger = target->open_ledger(false);
  std::vector<RunStatus> runs;
  for (auto& run : ledger->runs(plan.name)) {
    RunStatus status;
    status.run = std::move(run);
    status.steps = ledger->steps(status.run.id);
    status.chunks = ledger->chunks(status.run.id);
    status.checks = ledger->checks(status.run.id);
    runs.push_back(std::move(status));
  }
  if (options.json) {
    std::cout << status_json(plan.name, runs).dump(2) << "\n";
  } else {
    std::cout << status_text(plan.name, runs, console.out);
  }
  return 0;
}

}  // namespace planrun
