// What two versions of a plan look at otherwise: checks and guards.
#pragma once

#include "plan/plan_change.h"
#include "plan/plan_facts.h"

namespace planrun {

void compare_checks(const std::map<std::string, CheckFacts>& before,
                    const std::map<std::string, CheckFacts>& now, std::vector<PlanChange>& changes);

}  // namespace planrun
