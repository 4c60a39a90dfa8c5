#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/part.h"
#include "report/rejects_text.h"
#include "run/choose_run.h"
#include "run/retry.h"

namespace planrun {

namespace {

// Then the plan is run: that proves what is in the target now.
int retry(const Plan& plan, const CommandOptions& options, Console& console) {
  const Databases databases = open_databases(plan);
  Diagnostics wrong;
  wrong.file = plan.file.string();
  std::int64_t sample = 0;
  try {
    RetrySummary s;
    for (const Plan& part : parts_of(plan)) {
      s += retry_rejects(part, databases.source_pointers(), *databases.targets.at(part.targets.front().name),
                         options.run, stop_flag(), wrong);
    }
    sample = s.sample;
    console.log.info("run " + s.run + ": " + with_thousands(s.rows_tried) + " rejected rows tried again, " +
                     with_thousands(s.rows_written) + " written, " + with_thousands(s.rows_dropped) +
                     " dropped, " + (s.rows_merged > 0 ? with_thousands(s.rows_merged) + " merged, " : "") +
                     with_thousands(s.rows_rejected) + " rejected again");
  } catch (const Error&) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    throw;
  }
  CommandOptions same = options;
  same.sample = sample;
  return run_command(same, console);
}

}  // namespace

int rejects_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  if (options.retry) return retry(plan, options, console);
  RunRecord run;
  KeptOut rows;
  for (const PlanTarget& named : plan.targets) {
    const auto target = open_target(named);
    const auto ledger = target->open_ledger(false);
    if (run.id.empty()) run = choose_run(plan, options.run, *ledger, *target);
    for (auto& record : ledger->rejects(run.id, -1)) rows.rejected.push_back(std::move(record));
    for (auto& record : ledger->kept_out(run.id, RejectKind::merged, -1))
      rows.merged.push_back(std::move(record));
  }
  std::cout << (options.json  ? rejects_json(run, rows).dump(2) + "\n"
                : options.csv ? rejects_csv(rows)
                              : rejects_text(run, rows, console.out));
  return 0;
}

}  // namespace planrun
