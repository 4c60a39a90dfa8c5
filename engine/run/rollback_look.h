// What of others a rollback would take along, found in the transaction that takes the run back.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "run/recorded_run.h"
#include "run/rollback.h"

namespace planrun {

struct LookedAtTable {
  TableState state;
  RolledBackTable table;
};

struct RollbackFindings {
  std::map<std::string, LookedAtTable> tables;  // that the run has made or written into
  std::vector<std::string> refusals;  // what of others would go, or does not let the target be as before
};

class RollbackLook {
 public:
  /// The run and the ledger outlive it.
  RollbackLook(const RecordedRun& run, Ledger& ledger, DifferingKeys differing)
      : run_(run), ledger_(ledger), differing_(std::move(differing)) {}

  /// At what `steps` have done. Names in `own` are the run's. Reads every table that the run has made;
  /// `keep_going` is asked before each, and may throw.
  RollbackFindings look(UndoTransaction& undo, const std::vector<StepRecord>& steps,
                        std::span<const std::string> own, const std::function<void()>& keep_going) const;

 private:
  void look_at_rows(UndoTransaction& undo, const ResolvedTable& table, const Digest& expected,
                    RolledBackTable& out) const;
  void look_at_restored_keys(const std::vector<StepRecord>& steps, std::vector<std::string>& refusals) const;

  const RecordedRun& run_;
  Ledger& ledger_;
  DifferingKeys differing_;
};

}  // namespace planrun
