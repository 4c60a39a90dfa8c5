// Whether the databases can answer what a plan asks of them, found out before the first row is written.
// Nothing is run: each question is only planned by its database (EXPLAIN).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// Reports each check's `source_sql` that its source refuses for its text, or for a table, column or function
/// that is not there.
void check_source_questions(const std::vector<PlanCheck>& checks,
                            const std::map<std::string, SourceDatabase*>& sources, Diagnostics& wrong);

/// Reports each view and each check whose SQL names a table or column that neither the plan makes nor the
/// target has, or one that may not be read. Tables and views of the plan need not be there yet: the target
/// plans the query over empty ones of their columns. What a SQL step of the plan may make is left to the run,
/// and so is every query that PostgreSQL's grammar does not take. `ledger`: its schema, or the prefix of its
/// tables.
void check_target_questions(const ResolvedPlan& plan, const std::string& ledger, TargetDatabase& target,
                            Diagnostics& wrong);

}  // namespace planrun
