// All that a target is asked after a run, and again at each verification.
#pragma once

#include <string>
#include <vector>

#include "database/dialect.h"
#include "database/ledger.h"
#include "plan/resolved_plan.h"

namespace planrun {

struct AskedCheck {
  PlanCheck check;
  bool from_plan = false;         // else every plan gets it without a word
  std::string counts_indexes_of;  // a table: the answer is how many indexes and keys it has; else empty
};

/// What each table, view and trigger is asked, and then the plan's own checks; guards are left out.
std::vector<AskedCheck> checks_to_ask(const ResolvedPlan& plan, const Dialect& dialect);

/// A run that went on after its proof has asked again: the last answer of each check, and every reading of a
/// guard. `records` in the order in which they were written.
std::vector<CheckRecord> last_results(std::vector<CheckRecord> records);

}  // namespace planrun
