// Plan + what the sources really hold -> ResolvedPlan: `inherit`, names, unused source columns.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

struct ResolveResult {
  ResolvedPlan plan;
  Diagnostics diagnostics;                 // an error here means: do not run
  std::vector<std::string> unread_tables;  // "source.table" that no load reads
};

/// Of a target's tables, by name: those that the plan says exist.
using ExistingTables = std::map<std::string, ExistingTable>;

/// `tables` by source name. Reports, with the plan's positions: a source table or column that does not exist
/// (nearest named), a source column that a load uses nowhere and does not ignore, an `ignore` that names
/// nothing; of a table that exists, what the target lacks or has otherwise. The names of keys, foreign keys
/// and indexes are chosen here as PostgreSQL would.
ResolveResult resolve(const Plan& plan, const std::map<std::string, std::vector<SourceTable>>& tables,
                      const ExistingTables& existing = {});

/// `"*" = "inherit"`: the type of a source column by its declaration, never by its values.
ColumnType inherited_type(const std::string& declared);

}  // namespace planrun
