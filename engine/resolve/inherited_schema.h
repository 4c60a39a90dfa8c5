// `inherit` from a source that has types of its own: the table as it is there, whole.
#pragma once

#include <string>
#include <vector>

#include "database/source.h"
#include "plan/plan.h"
#include "plan/table_shape.h"

namespace planrun {

/// Puts the keys, checks, indexes and foreign keys of `source` into `shape`, whose columns are there already,
/// but for those that the load's `ignore` names and those that the plan declares itself. A foreign key refers
/// to the table of `plan` that is loaded from the one it refers to. Reports by name what cannot be carried.
void inherit_schema(const Plan& plan, const PlanTable& table, const SourceTable& source, Position at,
                    TableShape& shape, Diagnostics& diagnostics);

/// What `ignore` may name beside columns: the parts of a table that have names.
std::vector<std::string> names_of_parts(const SourceTable& source);

}  // namespace planrun
