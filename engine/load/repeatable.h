// Whether a load's Lua function gives the same rows for the same row, as a resume needs it.
#pragma once

#include "database/source.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// Runs the first 1,000 rows of the load (or 16 MB of them) in one state, and each again in a state of its
/// own: what a function remembers, or takes from elsewhere, shows as a difference. Throws Error(plan) naming
/// the row. Does nothing for a load without a transform.
void check_repeatable(Source& source, const ResolvedLoad& load);

}  // namespace planrun
