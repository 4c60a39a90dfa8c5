#include "run/choose_run.h"

#include "base/error.h"
#include "base/text.h"
#include "plan/part.h"
#include "plan/recorded_plan.h"

namespace planrun {

RunRecord choose_run(const Plan& plan, const std::string& id, Ledger& ledger, const TargetDatabase& target) {
  const auto runs = ledger.runs(plan.name);
  if (runs.empty()) {
    throw Error(ErrorCode::refused,
                "there is no run of plan " + plan.name + " in the ledger of " + target.shown_url(),
                "planrun " + plan.file.string() + " begins one");
  }
  for (const auto& run : runs) {
    if (id.empty() || run.id == id) return run;
  }
  throw Error(ErrorCode::usage, "there is no run " + id + " of plan " + plan.name,
              "planrun status " + plan.file.string() + " lists the runs");
}

void refuse_other_targets(const RunRecord& run, const Plan& plan) {
  const auto lost = lost_targets(run.plan_text, plan);
  if (!lost.empty()) {
    throw Error(ErrorCode::refused,
                "run " + run.id + " of plan " + run.plan + " (" + std::string(to_string(run.state)) +
                    ") went into target " + join(lost, ", ") + " too, which the plan does not name any more",
                "name it again: what is done with a run is done in all of its targets; or give what is new "
                "another plan name");
  }
  const std::string made_in = read_recorded_plan(run.resolved_plan).schema;
  const PlanTarget& target = plan.targets.front();
  if (made_in == target.schema_of_tables()) return;
  const std::string before = made_in.empty() ? "public" : made_in;
  throw Error(ErrorCode::refused,
              "run " + run.id + " of plan " + run.plan + " (" + std::string(to_string(run.state)) +
                  ") made its tables in schema " + before + ", and target " + target.name + " names schema " +
                  target.schema + " now",
              "name schema " + before + " again; planrun rollback " + plan.file.string() +
                  " then takes the run back, and a new one begins in schema " + target.schema);
}

}  // namespace planrun
