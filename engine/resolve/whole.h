// Whether a source's schema arrives whole: its keys, constraints, indexes, triggers and views, held against
// what the plan makes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "database/source.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"
#include "resolve/source_tables.h"

namespace planrun {

/// What a source has and the plan does not.
struct MissingPart {
  std::string source;
  std::string name;  // "index t_v", "not null t.v", "check t: v > 0": how `leave` calls it
  std::string sql;   // as declared; may be empty
};

/// By source; `dialect` is the target's. A part counts as there where the plan's table has the like of it
/// over the columns that the load makes of the source's: a key, unique or foreign key, CHECK or index of the
/// same columns, an index, trigger or view of the same name, a default, a NOT NULL. Whether an expression
/// says the same in PostgreSQL's words is not judged. Parts of columns that no load reads go with them, and a
/// table that exists keeps its own rules.
std::vector<MissingPart> missing_parts(const ResolvedPlan& plan, const std::string& dialect,
                                       const SourceTables& tables,
                                       const std::map<std::string, std::vector<SchemaPart>>& parts);

/// All that a source has and the plan does not: of `missing` its own, behind its tables that no load reads.
/// `unread`: "source.table".
std::vector<MissingPart> lacking_parts(const std::string& source, const std::vector<MissingPart>& missing,
                                       const std::vector<std::string>& unread);

/// Reports what a source that says `whole` has, the plan lacks and `leave` does not name, tables that no load
/// reads among it; and a `leave` that names nothing of that.
void check_whole(const Plan& plan, const std::vector<MissingPart>& missing,
                 const std::vector<std::string>& unread, Diagnostics& diagnostics);

}  // namespace planrun
