// The tables of others that a plan writes into, as a run sees them.
#pragma once

#include <string>
#include <vector>

#include "database/ledger.h"
#include "database/target.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"
#include "resolve/resolve.h"

namespace planrun {

/// The ledger's id of the step that drops a foreign key of a table that exists.
std::string drop_key_step_id(const std::string& table, const std::string& key);

/// Those that the plan says exist and the target has. Throws Error(unreachable).
ExistingTables read_existing_tables(const Plan& plan, TargetDatabase& target);

/// A foreign key that a run of the plan has dropped, or has put back, is as the run found it: what the ledger
/// keeps of it takes the place of what the catalog says meanwhile.
void remember_dropped_keys(const Plan& plan, TargetDatabase& target, ExistingTables& existing);

/// Whether a run with these steps behind it drops foreign keys.
bool will_drop_keys(const ResolvedPlan& plan, const std::vector<StepRecord>& steps);

/// "foreign key boss of table employees": those that are dropped, and not put back yet.
std::vector<std::string> dropped_keys(const ResolvedPlan& plan, const std::vector<StepRecord>& steps);

/// Foreign keys of tables that exist, and stay, which lead round to their own table, in words: rows that
/// refer to rows behind them are refused by the server.
std::vector<std::string> circles_of(const ResolvedPlan& plan);

}  // namespace planrun
