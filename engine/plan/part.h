// A plan with several targets, taken apart.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace planrun {

/// One plan a target, in the order of the file: the tables, checks, guards, views, triggers and SQL steps
/// that it has, and nothing that needs another. What concerns the run as a whole (`requires`, `on_failure`,
/// `keep_snapshots_days`) stays with the first, home. A plan of one target is its own only part.
std::vector<Plan> parts_of(const Plan& plan);

/// Targets that a plan of several, as its text says, names and `now` does not: what was written there is out
/// of its reach.
std::vector<std::string> lost_targets(const std::string& text, const Plan& now);

}  // namespace planrun
