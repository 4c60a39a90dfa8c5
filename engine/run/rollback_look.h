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
  std::map<std::string, ObjectState> objects;   // views and triggers of the run, by step
  std::vector<std::string> refusals;  // what of others would go, or does not let the target be as before
};

class RollbackLook {
 public:
  /// The run and the ledger outlive it.
  RollbackLook(const RecordedRun& run, Ledger& ledger, DifferingKeys differing)
      : run_(run), ledger_(ledger), differing_(std::move(differing)) {}

  /// At what `steps` have done. Names in `own` are the run's. Reads every table that the run has made;
  /// `keep_going` is asked before each, and may throw. `has_undone`: the transaction has undone something
  /// and keeps other connections, also this process's, from reading: rows that differ are named as they were
  /// in the look before, where they are the same.
  RollbackFindings look(UndoTransaction& undo, const std::vector<StepRecord>& steps,
                        std::span<const std::string> own, bool has_undone,
                        const std::function<void()>& keep_going);

  /// At one view, trigger or `[[sql]]` of the run alone; adds to `found` what look() would.
  void look_at_object(UndoTransaction& undo, const StepRecord& step, std::span<const std::string> own,
                      RollbackFindings& found) const;

 private:
  struct NamedRows {
    Digest found;
    std::vector<std::string> keys;
  };
  void look_at_rows(UndoTransaction& undo, const ResolvedTable& table, const Digest& expected,
                    bool has_undone, RolledBackTable& out);
  std::vector<std::string> keys_of(const std::string& table, const Digest& found, bool has_undone);
  void look_at_restored_keys(const std::vector<StepRecord>& steps, std::vector<std::string>& refusals) const;

  const RecordedRun& run_;
  Ledger& ledger_;
  DifferingKeys differing_;
  std::map<std::string, NamedRows> named_;  // by table, in the last look that could name them
};

}  // namespace planrun
