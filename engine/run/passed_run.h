// A plan whose last run has passed, started again.
#pragma once

#include "database/target.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// What was proved is not written into by another plan of the same name. Throws Error(refused) where `plan`
/// says anything else than the plan of `run`, naming what, in the words of `planrun diff`; the order of what
/// stands in it and the names of constraints are nothing else.
void refuse_changed_since_passed(const RunRecord& run, const ResolvedPlan& plan);

}  // namespace planrun
