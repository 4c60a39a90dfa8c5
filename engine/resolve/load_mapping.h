// One load's columns: which source column, expression or constant fills each, and that no source column is
// forgotten.
#pragma once

#include "plan/resolved_plan.h"
#include "resolve/source_tables.h"

namespace planrun {

/// `schema` is complete: inherited columns are in it.
ResolvedLoad resolve_load(const PlanTable& table, const PlanLoad& load, const TableSchema& schema,
                          const SourceTable& source, Diagnostics& diagnostics);

}  // namespace planrun
