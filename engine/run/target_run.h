// A run in one of its targets: all of it where the plan has one, a part of it where it has several.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "run/rollback.h"
#include "run/runner.h"

namespace planrun {

/// What the parts of a run share. All of it outlives them.
struct RunInputs {
  const std::map<std::string, SourceDatabase*>& sources;
  const RunOptions& options;
  const std::atomic<bool>& stop;
  Observer& observer;
  Diagnostics& wrong;
};

/// Calls in this order: look_into_ledger() -> say_already_done(), or look() -> open() -> execute() or
/// end_with() -> to_take_back().
class TargetRun {
 public:
  virtual ~TargetRun() = default;
  /// What the ledger knows of the plan's runs, and whether the plan fits its sources. Throws Error.
  virtual void look_into_ledger() = 0;
  /// look_into_ledger() has found that the last run has passed.
  virtual bool has_passed() const = 0;
  /// Whether the plan fits the target. Nothing is written. Throws Error.
  virtual void look() = 0;
  /// Fills the summary from the ledger. Throws Error(refused) where the plan is another than that of the run,
  /// or a table of the run is not there any more.
  virtual void say_already_done() = 0;
  /// Locks, snapshots, and the run's row in the ledger. What is lost here is begun again. Throws Error.
  virtual void open() = 0;
  /// All steps, the proof, the checks; how it ended is in the summary, which takes `others` in before the
  /// ledger gets it.
  virtual void execute(const std::vector<RunSummary>& others) = 0;
  /// The run ends without having come here.
  virtual void end_with(const Error& error) = 0;
  virtual RunInTarget to_take_back() = 0;
  /// Of this run; null before there is one.
  virtual const RunRecord* record() const = 0;
  virtual RunSummary& summary() = 0;
};

/// `part`: see plan/part.h. `home`: the first target's, for the others: they have its run id and read its
/// snapshots. All arguments outlive the object.
std::unique_ptr<TargetRun> make_target_run(const Plan& part, TargetDatabase& target, const RunInputs& inputs,
                                           const TargetRun* home);

}  // namespace planrun
