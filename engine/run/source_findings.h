// What an index, a foreign key or a CHECK of the target would find in the way, asked of the source before
// anything is written.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "database/source.h"
#include "plan/resolved_plan.h"
#include "run/preview.h"

namespace planrun {

struct SourceAnswers {
  std::vector<SourceFinding> findings;
  std::vector<NotLookedFor> left;
};

/// Asks only what the source can answer as the target would: columns that come straight from a source column.
/// What is left to the target is named.
SourceAnswers ask_sources(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources);

}  // namespace planrun
