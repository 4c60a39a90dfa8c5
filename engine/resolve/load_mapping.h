// One load's columns: which source column, expression or constant fills each, and that no source column is
// forgotten.
#pragma once

#include <span>
#include <vector>

#include "plan/resolved_plan.h"
#include "resolve/source_tables.h"

namespace planrun {

/// One load a `from`, whose tables are `sources`. `schema` is complete: inherited columns are in it.
std::vector<ResolvedLoad> resolve_loads(const PlanTable& table, const PlanLoad& load,
                                        const TableSchema& schema,
                                        std::span<const SourceTable* const> sources,
                                        Diagnostics& diagnostics);

}  // namespace planrun
