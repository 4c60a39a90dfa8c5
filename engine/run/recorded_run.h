// What a run has done, by the steps and the plan that its ledger keeps.
#pragma once

#include <map>
#include <string>

#include "data/schema_object.h"
#include "database/ledger.h"
#include "database/target.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// Makes a table.
inline constexpr const char* kCreateStep = "create";
/// Begins the loads into a table that exists.
inline constexpr const char* kBeginStep = "begin";
/// Takes a foreign key off a table that exists.
inline constexpr const char* kDropKeyStep = "drop_foreign_key";

/// "NAME" of a step "KIND TABLE NAME"; empty where it names no more than the table.
std::string name_in(const StepRecord& step);

/// The run and its target outlive it. Throws Error(refused) where the plan in the ledger is not one of this
/// version, or does not have what a step names.
class RecordedRun {
 public:
  RecordedRun(const RunRecord& run, TargetDatabase& target);

  const RunRecord& record() const { return run_; }
  TargetDatabase& target() const { return target_; }

  /// The table that the step has made or written into.
  const ResolvedTable& table_of(const StepRecord& step) const;
  /// The foreign key that the step has dropped.
  const ForeignKeySchema& key_of(const StepRecord& step) const;
  /// Whether it stands in the target's catalog as it was.
  bool has_key_again(const StepRecord& step) const;
  /// The view, trigger or `[[sql]]` of the step; null: it is of another kind.
  const SchemaObject* object_of(const StepRecord& step) const;
  /// Of `[[sql]]`: it did something that no `undo` takes back.
  bool cannot_be_undone(const StepRecord& step) const;

 private:
  const RunRecord& run_;
  TargetDatabase& target_;
  const ResolvedPlan plan_;
  const PlanNames names_;
  std::map<std::string, SchemaObject> objects_;  // by the step that makes it
};

}  // namespace planrun
