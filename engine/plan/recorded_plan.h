// The resolved plan of a run as its ledger keeps it, read again: the plan file may have changed since.
#pragma once

#include <string>

#include "plan/resolved_plan.h"

namespace planrun {

/// What tables and loads are: schemas, and which columns each load fills, from where, merged by what.
/// Conversions, inputs, the plan's checks and views are left out: rows are read back by it, never made.
/// Throws Error(refused) when `json` is not what a run of this version has written.
ResolvedPlan read_recorded_plan(const std::string& json);

}  // namespace planrun
