#include <iostream>

#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/rejects_text.h"
#include "run/choose_run.h"

namespace planrun {

int rejects_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const auto target = open_target(plan.targets.front());
  const auto ledger = target->open_ledger(false);
  const RunRecord run = choose_run(plan, options.run, *ledger, *target);
  const auto rejects = ledger->rejects(run.id, -1);
  std::cout << (options.json  ? rejects_json(run, rejects).dump(2) + "\n"
                : options.csv ? rejects_csv(rejects)
                              : rejects_text(run, rejects, console.out));
  return 0;
}

}  // namespace planrun
