// What a preview was made of, so that a later run can be held against it: the plan as it was resolved, its
// Lua and check files, the catalogs of its sources and of the tables that exist.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// A database's tables, each as lines: "column id integer not null", "ordered by rowid".
struct ReviewedDatabase {
  std::string url;  // without a password
  std::map<std::string, std::vector<std::string>> tables;
};

struct Reviewed {
  std::string plan;
  std::int64_t sample = 0;
  std::vector<std::string> problems;                // why a run would not pass; empty: it would
  std::map<std::string, std::string> scripts;       // SHA-256 by "transforms/names.lua", "checks/sum.toml"
  std::map<std::string, ReviewedDatabase> sources;  // by the plan's name
  std::map<std::string, ReviewedDatabase> targets;  // only tables that the plan says exist
  std::map<std::string, std::string> plans;         // the resolved plan's JSON by target
};

/// Reads catalogs and files, no rows. `check_files`: texts by name. Throws as prepare() does.
Reviewed review(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                const std::map<std::string, TargetDatabase*>& targets,
                const std::map<std::string, std::string>& check_files, Diagnostics& wrong);

/// Of the resolved plans, by target: see plan/resolved_plan.h.
std::map<std::string, std::string> fingerprints_of(const Reviewed& reviewed);

/// Throws Error(refused) where `fingerprints` has the target and `plan` is another one: what was changed
/// between the look at it and the run.
void refuse_unreviewed(const ResolvedPlan& plan, const std::string& target,
                       const std::map<std::string, std::string>& fingerprints);

Json to_json(const Reviewed& reviewed);
/// Gives a preview, which holds it as `reviewed`, a digest of all that a person reviews.
void seal(Json& preview);
/// Throws Error(usage) for what is not all of such a preview, or was changed; Json::exception for what is
/// none.
Reviewed reviewed_from(const Json& preview);

/// What is otherwise now, a line each, in the words of `planrun diff`. Empty: nothing.
std::vector<std::string> differences(const Reviewed& then, const Reviewed& now);

}  // namespace planrun
