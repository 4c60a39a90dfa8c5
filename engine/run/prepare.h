// What a run and a preview both do first: look into the sources and resolve the plan against them.
#pragma once

#include <map>
#include <string>

#include "database/source.h"
#include "database/target.h"
#include "graph/graph.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"
#include "resolve/resolve.h"

namespace planrun {

struct Prepared {
  ResolvedPlan plan;
  std::vector<std::string> unread_tables;
  std::vector<std::string> missing_parts;  // "source: index t_v": what of the sources' schema the plan lacks
  std::map<std::string, LoadSize> sizes;   // by load
};

/// The target is asked only for tables that exist. Throws Error(plan) after adding to `wrong` what does not
/// fit the sources or those tables.
Prepared prepare(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                 TargetDatabase& target, Diagnostics& wrong);

/// Of all loads, as the sources' catalogs estimate them.
std::int64_t bytes_to_read(const Prepared& prepared);

/// Throws Error(refused) for a run that is being taken back.
void refuse_rolling_back(const RunRecord& run);

/// Throws Error(refused) where a plan that this one requires has no passed run in the target's ledger.
void check_required_plans(const Plan& plan, Ledger& ledger);

/// Throws Error(plan) after adding to `wrong` the checks and views that their database cannot answer.
void require_answerable(const Plan& plan, const ResolvedPlan& resolved,
                        const std::map<std::string, SourceDatabase*>& sources, TargetDatabase& target,
                        Diagnostics& wrong);

/// Throws Error(target) with everything the target refuses or lacks; warnings go to `notice`. What `steps` of
/// an unfinished run have made is not in the way.
void check_target(const ResolvedPlan& plan, TargetDatabase& target, std::span<const StepRecord> steps,
                  const std::function<void(const std::string&)>& notice);

}  // namespace planrun
