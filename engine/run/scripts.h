// The files beside the plan that a run went by, as its ledger keeps them.
#pragma once

#include <string>

#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// JSON: file -> {sha256, text}, "transforms/names.lua" of each module that a load's transform reads, and
/// "checks/row_counts.toml" of each shared check that `plan` uses. A byte that is no
/// UTF-8 stands as U+FFFD in the text, the hash is of the bytes.
std::string scripts_text(const Plan& plan, const ResolvedPlan& resolved);

}  // namespace planrun
