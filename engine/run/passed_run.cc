#include "run/passed_run.h"

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/plan_diff.h"

namespace planrun {

namespace {

constexpr std::size_t kShownChanges = 5;

}  // namespace

void refuse_changed_since_passed(const RunRecord& run, const ResolvedPlan& plan) {
  if (run.fingerprint == fingerprint(plan)) return;
  const PlanDiff diff = diff_plans(facts_of({Json::parse(run.resolved_plan)}), facts_of({to_json(plan)}));
  if (diff.changes.empty()) return;
  std::vector<std::string> lines;
  for (const auto& change : diff.changes) lines.push_back(change.line());
  if (lines.size() > kShownChanges) {
    lines.resize(kShownChanges);
    lines.push_back(std::to_string(diff.changes.size() - kShownChanges) + " further changes");
  }
  throw Error(ErrorCode::refused,
              "run " + run.id + " of plan " + run.plan +
                  " has passed, and the plan has changed since: " + join(lines, "; "),
              "give what is new a plan of its own that `requires` " + run.plan +
                  ", or take the run back by planrun rollback and begin a new one; planrun verify asks new "
                  "checks, and planrun rejects PLAN --retry writes rejects that a mended plan takes");
}

}  // namespace planrun
