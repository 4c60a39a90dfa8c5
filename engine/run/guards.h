// Guards: values that the run must not change.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "check/check.h"
#include "database/chunk.h"
#include "run/context.h"

namespace planrun {

/// The plan's guards for a target of this dialect. A guard whose SQL reads something else than tables of the
/// plan (a view, or SQL for SQLite alone) watches every load, unless the plan names its `tables`.
std::vector<WatchedGuard> watched_guards(const ResolvedPlan& plan, const std::string& dialect);

/// Those of `guards` that watch one of these tables; they go into the claim.
std::vector<const WatchedGuard*> ask_guards(const std::vector<WatchedGuard>& guards,
                                            std::span<const std::string> tables, ClaimRequest& request);

std::vector<const WatchedGuard*> all_guards(const std::vector<WatchedGuard>& guards);

/// What a transaction ("load orders", "sql tidy") has done to its guards. Throws Error(unproved) for a
/// critical one: the transaction is not committed then. Those of lesser severity are told as check results.
std::vector<CheckRecord> judge_guards(const std::vector<const WatchedGuard*>& guards,
                                      const std::vector<GuardValue>& values, const std::string& transaction);

/// Throws Error(plan) for a guard that a run could not read before its first step.
void require_readable(const std::vector<WatchedGuard>& guards, const CheckDatabases& databases);

/// Whether a result of the ledger is a reading of a guard, and of which.
bool is_guard(const CheckRecord& record);
std::string guard_name(const CheckRecord& record);
/// Whether it was read after the last step; else before the first one, or by a transaction that changed it.
bool is_after_run(const CheckRecord& record);
/// Each guard's value now against the one at the end of the run, whose results `of_run` are: a difference is
/// a warning, since others may write. A guard that the run has not read is left out.
std::vector<CheckRecord> read_guards_again(const std::vector<WatchedGuard>& guards,
                                           const std::vector<CheckRecord>& of_run,
                                           const CheckDatabases& databases);

/// The readings of the whole run, before its first step and after its last: a change that no transaction of
/// the run has made is somebody else's, and a warning. `before` are the results of an earlier process of the
/// run.
class GuardReadings {
 public:
  GuardReadings(const std::vector<WatchedGuard>& guards, std::vector<CheckRecord> earlier);
  /// Results to be written before the first step; none where the run has them already. Throws Error(plan) for
  /// a guard that cannot be read.
  std::vector<CheckRecord> begin(const CheckDatabases& databases);
  /// `of_run`: its results so far, of which some say what the run's own transactions have changed.
  std::vector<CheckRecord> end(const CheckDatabases& databases, const std::vector<CheckRecord>& of_run) const;

 private:
  const std::vector<WatchedGuard>& guards_;
  std::vector<CheckRecord> earlier_;
};

}  // namespace planrun
