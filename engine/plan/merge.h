// What lint says of a `merge` once the table's columns are known.
#pragma once

#include "data/table_schema.h"
#include "plan/plan.h"

namespace planrun {

/// Reports what of `merge` names no column of the table, or one that says of no two values which is newer.
void check_merge(const PlanTable& table, const PlanLoad& load, const TableSchema& schema,
                 Diagnostics& diagnostics);

}  // namespace planrun
