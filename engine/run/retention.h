// How long snapshots are kept.
#pragma once

#include <functional>
#include <string>

#include "database/ledger.h"
#include "plan/plan.h"

namespace planrun {

/// Where the plan says `keep_snapshots_days`: deletes the snapshots of its runs that ended (passed, rolled
/// back) more than so many days ago, but for those of `run`. An unfinished run keeps its own. The ledger
/// keeps the record, with the time. What cannot be deleted is told and stays.
void delete_old_snapshots(const Plan& plan, const std::string& run, Ledger& ledger,
                          const std::function<void(const std::string&)>& notice);

}  // namespace planrun
