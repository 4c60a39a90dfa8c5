// What two versions of a plan's loads do otherwise.
#pragma once

#include "plan/plan_change.h"
#include "plan/plan_facts.h"

namespace planrun {

/// Loads of tables that only one of them has are told with the table.
void compare_loads(const PlanFacts& before, const PlanFacts& now, std::vector<PlanChange>& changes);

}  // namespace planrun
