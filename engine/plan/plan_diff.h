// What a change of a plan means, for code review and for refusing a run: a list of changes, nothing printed.
#pragma once

#include <string>
#include <vector>

#include "plan/plan_change.h"
#include "plan/plan_facts.h"

namespace planrun {

struct PlanDiff {
  std::vector<PlanChange> changes;     // of the plan as a whole first, then table by table, by name
  std::vector<std::string> rewritten;  // loads whose rows would be written again, or otherwise; by name

  std::size_t count(ChangeMark mark) const;
  bool is_dangerous() const { return count(ChangeMark::dangerous) > 0; }
};

/// Both sides are of files, or both are resolved. What only a file says (urls, schema, ledger, what a run
/// does besides) is compared where both sides are of files.
PlanDiff diff_plans(const PlanFacts& before, const PlanFacts& now);

}  // namespace planrun
