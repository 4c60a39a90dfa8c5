// The sources of a plan, connected, and what their tables are; and what of a resolved plan only they can
// judge.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "database/source.h"
#include "plan/resolved_plan.h"
#include "resolve/resolve.h"
#include "resolve/source_tables.h"
#include "resolve/whole.h"

namespace planrun {

struct ConnectedSources {
  std::map<std::string, std::unique_ptr<Source>> connections;
  SourceTables tables;
};

/// Throws Error(source) where one cannot be opened.
ConnectedSources connect_sources(const std::map<std::string, SourceDatabase*>& sources);

/// Reports loads of one table that fill other columns than its first: the digest of a table is one.
void check_loads_agree(const Plan& plan, const ResolvedPlan& resolved, Diagnostics& wrong);

/// Reports what the files of a source that is many declare otherwise, of what the loads read. False:
/// something.
bool check_files_agree(const Plan& plan, const ResolvedPlan& resolved, const ConnectedSources& sources,
                       Diagnostics& wrong);

/// Reports what check_whole() of resolve/whole.h does; answers with all that the plan lacks.
std::vector<MissingPart> check_whole_sources(const Plan& plan, const ResolveResult& resolved,
                                             const ConnectedSources& sources, Diagnostics& wrong);

/// Reports every `where` and `expr` that its source refuses.
void check_expressions(const Plan& plan, const ResolvedPlan& resolved, const ConnectedSources& sources,
                       Diagnostics& wrong);

}  // namespace planrun
