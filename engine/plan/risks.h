// What a plan may do, and its author may regret: warnings that `planrun lint` gives, not every reading.
#pragma once

#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// Reports amounts as floating-point numbers, foreign keys without an index, and critical tables that no
/// check looks at. The plan must have been read without errors. With `resolved` (of the same plan; null: no
/// source has been looked at) inherited columns are judged as well; tables that it does not have are judged
/// by what the plan says of them.
void find_risks(const Plan& plan, const ResolvedPlan* resolved, Diagnostics& diagnostics);

}  // namespace planrun
