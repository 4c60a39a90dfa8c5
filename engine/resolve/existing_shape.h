// Tables that exist: their shape is the target's, and what the plan says of their columns must fit it.
#pragma once

#include "database/target.h"
#include "plan/resolved_plan.h"
#include "plan/table_shape.h"

namespace planrun {

/// Puts the target's columns and keys into `shape` (not its foreign keys: they hold already). Reports a
/// column that the target does not have, a type that is another one there, and a table whose rows nothing
/// names.
void fill_existing(const PlanTable& table, const ExistingTable& existing, TableShape& shape,
                   Diagnostics& diagnostics);

/// Marks the foreign keys that the plan has dropped and put back. Reports one that the table does not have,
/// and one that refers to a table which the plan does not load.
void mark_restored_keys(const Plan& plan, const PlanTable& table, TableSchema& schema,
                        Diagnostics& diagnostics);

/// Other foreign keys of tables that exist hold while rows come in: their loads wait for those of the tables
/// they refer to, unless the plan's own `after` says otherwise.
void load_parents_first(ResolvedPlan& plan);

}  // namespace planrun
