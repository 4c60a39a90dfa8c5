// A run taken back: the target as it was before.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

struct RollbackOptions {
  std::string run;             // empty: the latest one
  bool discard_later = false;  // what others have made since goes too
  /// Asked before anything is done; false: nothing is done.
  std::function<bool(const std::string& question)> confirm;
  std::function<void(const std::string& text)> notice;
};

struct RolledBackTable {
  std::string table;
  bool was_there = true;  // false: somebody else had dropped it
  bool existed = false;   // before the run: only the run's rows went
  std::int64_t rows = 0;  // that were in it, or were taken back
  std::vector<std::string>
      discarded;  // of others, gone with it or, where it existed, why it is not as before
  std::vector<std::string>
      restored{};  // foreign keys that the run had dropped: as they were, says the catalog
};

enum class RollbackVerdict {
  rolled_back,  // its tables are gone, as the target's catalog says
  already,      // it was rolled back before
  declined,     // the question was answered with no
};

struct RollbackSummary {
  std::string plan;
  std::string run;
  std::string target;
  RollbackVerdict verdict = RollbackVerdict::rolled_back;
  std::vector<RolledBackTable> tables;  // those that the run made, in that order, then those it wrote into
  std::string proved_at;                // when the target was read again: ISO time, UTC
  double seconds = 0;
};
Json to_json(const RollbackSummary& summary);

/// Finds the run in the ledger, takes its lock and takes it back; an unfinished rollback goes on. Throws
/// Error(refused), with nothing dropped, naming what others have made since, the later run that needs this
/// one, or who is at work; Error(unproved) when a target still has what was dropped. Sources are only read
/// to name rows that differ. Of several targets all are looked at before anything is taken back in one.
RollbackSummary rollback_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                              const std::map<std::string, TargetDatabase*>& targets,
                              const RollbackOptions& options, const std::atomic<bool>& stop);

/// Up to ten keys of rows of a table that are not as the run wrote them; empty where that is not known.
using DifferingKeys = std::function<std::vector<std::string>(const std::string& table)>;

/// A run in one of its targets, with its lock held. All of it outlives the rollback.
struct RunInTarget {
  RunRecord* run = nullptr;  // what the ledger says of it, also afterwards
  Ledger* ledger = nullptr;
  TargetDatabase* target = nullptr;
  DifferingKeys differing;
  bool others_are_back = false;  // another target has been taken back before: this one cannot stay
};

/// The same for a run whose locks are held; its first target, home, says `rolling_back` before anything is
/// taken back and `rolled_back` after all is.
RollbackSummary take_back(const std::vector<RunInTarget>& targets, const RollbackOptions& options,
                          const std::atomic<bool>& stop);

}  // namespace planrun
