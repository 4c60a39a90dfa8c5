// Which source rows a rehearsal takes: the first rows of each root table, and the rows that refer to them, so
// that every foreign key of the plan is whole in what the target gets.
//
// A foreign key stands between target tables; what it compares is what the loads make of the source, so that
// is what is followed: each row's key columns go along the load's road (conversions, constants, Lua), and the
// target's values are compared. Two sources, or 7 here and '7' there, need no rule of their own.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "database/source.h"
#include "load/road.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// A source table, by source and name.
using SourceTableName = std::pair<std::string, std::string>;

struct SampleRequest {
  const ResolvedPlan& plan;
  std::int64_t rows = 0;  // of each load that refers to nothing
  /// A connection that reads the table; every row of it has a key.
  std::function<Source&(const SourceTableName&)> source;
  ValueLimits limits;
  CanonicalText canonical;  // may be empty, as for a Road
  std::function<void(const std::string&)> notice;
  const std::atomic<bool>& stop;
};

/// The keys of the rows to take, of each table that a load reads. A row is taken
/// - as one of the first `rows` that its load does not drop, where that load's table has no foreign key to a
///   loaded table of the plan, or only to itself (or round a cycle) and the row's are null;
/// - else when each of its foreign keys is null or points to a row that is taken, and one of them does.
/// Where several loads read the table, both hold for all of them together. Foreign keys round a cycle that
/// has no beginning are taken as whole groups. A foreign key whose columns the load does not fill is named in
/// a notice and not followed. Throws Error(interrupted) on `stop`.
std::map<SourceTableName, std::vector<Key>> choose_sample(const SampleRequest& request);

}  // namespace planrun
