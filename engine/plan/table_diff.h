// What two versions of a plan's tables have otherwise.
#pragma once

#include "plan/plan_change.h"
#include "plan/plan_facts.h"

namespace planrun {

/// The loads tell a renamed column from one that is gone and another that is new.
void compare_tables(const std::map<std::string, TableFacts>& before,
                    const std::map<std::string, TableFacts>& now,
                    const std::map<std::string, LoadFacts>& loads_before,
                    const std::map<std::string, LoadFacts>& loads_now, std::vector<PlanChange>& changes);

/// A column's type and what belongs to it, as in a plan: "varchar(50) not null default ''".
std::string definition_of(const ColumnSchema& column);

}  // namespace planrun
