// A plan with several targets, taken apart.
#pragma once

#include <vector>

#include "plan/plan.h"

namespace planrun {

/// One plan a target, in the order of the file: the tables, checks, guards, views, triggers and SQL steps
/// that it has, and nothing that needs another. What concerns the run as a whole (`requires`, `on_failure`,
/// `keep_snapshots_days`) stays with the first, home. A plan of one target is its own only part.
std::vector<Plan> parts_of(const Plan& plan);

}  // namespace planrun
