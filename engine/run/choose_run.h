// The run that a command line means.
#pragma once

#include <string>

#include "database/target.h"
#include "plan/plan.h"

namespace planrun {

/// The plan's run of that id; the latest one where `id` is empty. Throws Error(refused) when there is no run
/// of the plan, Error(usage) when there is none of that id.
RunRecord choose_run(const Plan& plan, const std::string& id, Ledger& ledger, const TargetDatabase& target);

/// Throws Error(refused) where the run went into a target that the plan does not name any more, or its tables
/// stand in another schema than the plan names now: what it made would not be found.
void refuse_other_targets(const RunRecord& run, const Plan& plan);

}  // namespace planrun
