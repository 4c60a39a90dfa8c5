// What the workers of one run share.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "database/ledger.h"
#include "database/source.h"
#include "database/target.h"
#include "graph/graph.h"
#include "load/load_chunk.h"
#include "plan/resolved_plan.h"
#include "run/observer.h"
#include "run/schedule.h"

namespace planrun {

/// An object that several threads use one at a time.
template <typename T>
class Guarded {
 public:
  explicit Guarded(T& object) : object_(object) {}
  template <typename Use>
  decltype(auto) with(Use use) {
    const std::lock_guard lock(mutex_);
    return use(object_);
  }

 private:
  std::mutex mutex_;
  T& object_;
};

/// What was read back of a table, added up over the parts of its proof.
struct Found {
  std::mutex mutex;
  Digest digest;
  std::unique_ptr<Target> view_keeper;  // keeps the view while parts are read
  std::string view;
  int parts_done = 0;
  std::map<std::string, std::int64_t> counted;  // rows of the source by load, Source::counted_rows()
};

/// A guard as the target's dialect asks it, and the tables whose loads it watches.
struct WatchedGuard {
  std::string name;
  std::string sql;
  CheckSeverity severity = CheckSeverity::critical;
  std::vector<std::string> tables;  // empty: all
  bool watches(const std::string& table) const;
};

struct RunContext {
  std::string run;
  const ResolvedPlan& plan;
  const Graph& graph;
  const std::map<std::string, SourceDatabase*>&
      sources;  // what the run reads: snapshots, or the sources themselves
  const Settlements& settlements;
  TargetDatabase& target;
  Schedule& schedule;
  Guarded<Ledger>& ledger;
  Guarded<Observer>& observer;
  const std::atomic<bool>& stop;
  Pace& pace;
  ChunkLimits limits;
  std::int64_t rows_per_chunk = 0;
  int retry_seconds = 60;                  // how long a lost connection is tried again
  std::map<std::string, LoadState> loads;  // by load name
  std::map<std::string, Found> found;      // by table
  std::vector<int> proof_parts;            // by step
  std::vector<WatchedGuard> guards;
  const PlanNames names{plan};

  const ResolvedTable& table(const std::string& name) const;
  /// The load and its table.
  std::pair<const ResolvedTable*, const ResolvedLoad*> load(const std::string& name) const;
  /// The columns of `load` as the target sees them.
  LoadTarget load_target(const std::string& name) const;
};

/// A load's columns and way of writing, as the target sees them.
LoadTarget load_target(const ResolvedTable& table, const ResolvedLoad& load);

/// The ledger's id of the step that creates a table; also of a table created with its first chunk.
std::string create_step_id(const std::string& table);
/// Of the step that begins the loads into a table that exists.
std::string begin_step_id(const std::string& table);

}  // namespace planrun
