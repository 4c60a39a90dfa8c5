// Rows that refer to nothing, by foreign keys of tables that exist: neither a row that comes nor one that is
// there.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "database/source.h"
#include "database/target.h"
#include "load/settlement.h"
#include "plan/resolved_plan.h"

namespace planrun {

struct Orphans {
  std::string load;
  std::string table;
  const ForeignKeySchema* key = nullptr;  // of the plan
  std::int64_t rows = 0;
  std::vector<std::string> shown;  // the first of them: "id 5, manager_id 99"
};

struct OrphanRequest {
  const ResolvedPlan& plan;
  const std::map<std::string, SourceDatabase*>& sources;
  const Settlements& settlements;
  TargetDatabase& target;
  const std::atomic<bool>& stop;
  std::string run;  // the connection's name
  bool restored_only =
      false;  // only foreign keys that the run drops and puts back: others the server watches
};

/// Takes each load's road for the rows that it would write, and asks the target for the rows that it has.
/// Nothing where the two ends are of types that cannot be held against each other here. Throws
/// Error(interrupted).
std::vector<Orphans> find_orphans(const OrphanRequest& request);

/// Throws Error(rejected) naming them.
void refuse_orphans(const std::vector<Orphans>& orphans);

/// "no row of employees for manager_id (employees_manager_fkey), in source or target"
std::string what_is_missing(const Orphans& orphans);

}  // namespace planrun
