#include <iostream>
#include <iterator>

#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/status_text.h"

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

}  // namespace

int status_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  std::vector<RunStatus> runs;
  for (const PlanTarget& named : plan.targets) {
    const auto target = open_target(named);
    const auto ledger = target->open_ledger(false);
    for (auto& run : ledger->runs(plan.name)) {
      RunStatus* status = find(runs, run.id);
      // Home's ledger has the run's own state; the others add what they have done of it.
      if (status == nullptr) status = &runs.emplace_back(RunStatus{std::move(run), {}, {}, {}});
      append(status->steps, ledger->steps(status->run.id));
      append(status->chunks, ledger->chunks(status->run.id));
      append(status->checks, ledger->checks(status->run.id));
    }
  }
  if (options.json) {
    std::cout << status_json(plan.name, runs).dump(2) << "\n";
  } else {
    std::cout << status_text(plan.name, runs, console.out);
  }
  return 0;
}

}  // namespace planrun
