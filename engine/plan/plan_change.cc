#include "plan/plan_change.h"

#include <algorithm>
#include <array>

namespace planrun {

namespace {

using enum ChangeKind;
using enum ChangeMark;
using enum ResumeRule;

constexpr std::array kRules = std::to_array<ChangeRule>({
    {plan_name_changed, "plan_name_changed", dangerous, not_found, false,
     "the ledger knows its runs by the plan's name: they cannot be gone on with or taken back by it"},
    {requires_new, "requires_new", safe, any_time, false, "one more plan must have passed before"},
    {requires_gone, "requires_gone", attention, any_time, false, "it may run before that plan has passed"},
    {setting_changed, "setting_changed", attention, any_time, false, "the run itself goes otherwise"},
    {watch_changed, "watch_changed", attention, any_time, false,
     "what is watched after a run, and who is told of it, changes"},
    {on_failure_loosened, "on_failure_loosened", attention, any_time, false,
     "a run that is not proved stays in the target until somebody takes it back"},
    {snapshot_none, "snapshot_none", dangerous, any_time, false,
     "there is no copy to go back to, and a resume refuses when the source has changed"},
    {ledger_changed, "ledger_changed", dangerous, not_found, false,
     "earlier runs stand in the other ledger: they are not found, gone on with or taken back"},
    {source_new, "source_new", safe, any_time, false, "nothing else reads it"},
    {source_gone, "source_gone", attention, any_time, false, "nothing is read from it any more"},
    {source_url_changed, "source_url_changed", attention, any_time, false,
     "other rows may arrive; a resume goes on with the run's snapshot"},
    {target_url_changed, "target_url_changed", attention, not_found, false,
     "the run writes into another database"},
    {schema_changed, "schema_changed", dangerous, refused, false,
     "the tables are made and looked for in another schema"},
    {target_new, "target_new", attention, not_found, false, "the run writes into one more database"},
    {target_gone, "target_gone", dangerous, not_found, false,
     "what a run has made there is no part of the plan any more"},
    {table_new, "table_new", safe, any_time, true, "it is made and filled beside the others"},
    {table_gone, "table_gone", dangerous, not_made, false, "its rows do not arrive any more"},
    {table_moved, "table_moved", dangerous, not_found, true, "its rows go into another database or schema"},
    {exists_changed, "exists_changed", attention, not_made, true,
     "who makes the table, and what a rollback does with it, changes"},
    {inherit_changed, "inherit_changed", attention, not_made, true,
     "which columns come of the source changes"},
    {order_changed, "order_changed", safe, any_time, false, "the same rows, loaded at another time"},
    {restored_keys_changed, "restored_keys_changed", attention, not_done, false,
     "a foreign key that is dropped for the load does not hold for anybody meanwhile"},
    {sha256_new, "sha256_new", safe, not_made, true, "the proof says more"},
    {sha256_gone, "sha256_gone", attention, not_made, true, "the proof says less"},
    {column_new, "column_new", safe, not_made, true, "the others stay as they are"},
    {column_gone, "column_gone", dangerous, not_made, true, "its values do not arrive any more"},
    {column_renamed, "column_renamed", attention, not_made, true, "whoever reads the table must know"},
    {type_widened, "type_widened", safe, not_made, true, "it holds all that the old type holds"},
    {type_narrowed, "type_narrowed", dangerous, not_made, true, "values that fitted may be rejected"},
    {type_lossy, "type_lossy", dangerous, not_made, true, "values are not kept exactly"},
    {type_other, "type_other", attention, not_made, true, "values are read, stored and compared otherwise"},
    {null_allowed, "null_allowed", attention, not_made, true, "nulls are not refused any more"},
    {null_refused, "null_refused", attention, not_made, true, "rows with a null are rejected"},
    {default_changed, "default_changed", attention, not_made, true,
     "what nobody fills becomes something else"},
    {column_changed, "column_changed", attention, not_made, true,
     "its values are made or compared otherwise"},
    {key_new, "key_new", attention, any_time, false, "rows that share a key are refused"},
    {key_gone, "key_gone", dangerous, not_done, false, "two rows of one key are not noticed any more"},
    {key_changed, "key_changed", attention, not_done, false, "rows are held against each other otherwise"},
    {foreign_key_new, "foreign_key_new", attention, any_time, false,
     "rows that refer to nothing are refused"},
    {foreign_key_gone, "foreign_key_gone", dangerous, not_done, false,
     "rows that refer to nothing are not noticed any more"},
    {foreign_key_changed, "foreign_key_changed", attention, not_done, false,
     "what becomes of rows when the row they refer to goes changes"},
    {constraint_new, "constraint_new", attention, not_made, false, "rows against it are refused"},
    {constraint_gone, "constraint_gone", dangerous, not_made, false,
     "rows against it are not noticed any more"},
    {index_new, "index_new", safe, any_time, false, "it changes no row"},
    {index_gone, "index_gone", attention, not_done, false, "queries may become slow"},
    {index_changed, "index_changed", attention, not_done, false, "queries may become slow"},
    {unique_index_new, "unique_index_new", attention, any_time, false,
     "rows that share its values are refused"},
    {unique_index_gone, "unique_index_gone", dangerous, not_done, false,
     "rows that share its values are not noticed any more"},
    {divided_otherwise, "divided_otherwise", attention, not_made, true,
     "rows stand in other partitions, and one that none of them takes is rejected"},
    {partition_new, "partition_new", safe, not_made, true, "rows find a place of their own there"},
    {partition_gone, "partition_gone", attention, not_made, true,
     "its rows go where the default is, or are rejected"},
    {partition_changed, "partition_changed", attention, not_made, true,
     "it takes other rows, and one that no partition takes is rejected"},
    {distributed_otherwise, "distributed_otherwise", attention, not_made, true, "rows stand on other nodes"},
    {load_new, "load_new", attention, not_made, true, "more rows arrive"},
    {load_gone, "load_gone", dangerous, not_made, false, "its rows do not arrive any more"},
    {source_table_changed, "source_table_changed", attention, rehashed, true, "other rows arrive"},
    {column_source_changed, "column_source_changed", attention, rehashed, true, "other values arrive"},
    {conversion_changed, "conversion_changed", attention, rehashed, true, "values are made otherwise"},
    {conversion_lossy, "conversion_lossy", dangerous, rehashed, true,
     "values that would be rejected are changed until they fit"},
    {where_changed, "where_changed", attention, rehashed, true, "other rows are dropped"},
    {ignore_grown, "ignore_grown", attention, rehashed, false, "a source column is left behind"},
    {ignore_shrunk, "ignore_shrunk", safe, rehashed, false, "a source column is not left behind any more"},
    {merge_changed, "merge_changed", attention, rehashed, true, "other rows of one key are kept"},
    {write_overwrites, "write_overwrites", dangerous, rehashed, true, "rows of others are written over"},
    {write_changed, "write_changed", attention, rehashed, true, "rows meet rows otherwise"},
    {rejects_loosened, "rejects_loosened", attention, any_time, false,
     "a run may pass with more rows kept out"},
    {rejects_tightened, "rejects_tightened", safe, any_time, false, "a run stops sooner"},
    {transform_changed, "transform_changed", attention, rehashed, true, "another function makes the rows"},
    {transform_code_changed, "transform_code_changed", attention, rehashed, true,
     "the function, or what it requires, may make other rows"},
    {transform_row_changed, "transform_row_changed", attention, rehashed, true,
     "the function is given other columns"},
    {check_new, "check_new", safe, any_time, false, "more is looked at"},
    {check_gone, "check_gone", attention, any_time, false, "less is looked at"},
    {critical_check_gone, "critical_check_gone", dangerous, any_time, false,
     "a run passes without what it had to prove"},
    {check_changed, "check_changed", attention, any_time, false, "something else is looked at"},
    {expectation_gone, "expectation_gone", dangerous, any_time, false,
     "its value is shown and judged by nobody"},
    {severity_lowered, "severity_lowered", attention, any_time, false, "it weighs less"},
    {critical_lowered, "critical_lowered", dangerous, any_time, false, "a run passes although it fails"},
    {severity_raised, "severity_raised", safe, any_time, false, "it weighs more"},
    {tolerance_grown, "tolerance_grown", attention, any_time, false, "larger differences pass"},
    {tolerance_shrunk, "tolerance_shrunk", safe, any_time, false, "only smaller differences pass"},
    {guard_new, "guard_new", safe, any_time, false, "one more value is watched"},
    {guard_gone, "guard_gone", dangerous, any_time, false, "the run may change that value unnoticed"},
    {guard_changed, "guard_changed", attention, any_time, false, "another value is watched, or other loads"},
    {view_new, "view_new", safe, any_time, false, "it holds no rows"},
    {object_new, "object_new", attention, any_time, false, "statements of the plan's own are done"},
    {object_changed, "object_changed", attention, not_done, false, "it does something else"},
    {object_gone, "object_gone", attention, not_done, false, "it is not made any more"},
    {undo_changed, "undo_changed", attention, any_time, false, "a rollback does something else"},
    {undo_gone, "undo_gone", dangerous, any_time, false, "a run cannot be taken back any more"},
});

}  // namespace

std::string_view to_string(ChangeMark mark) {
  constexpr std::array<std::string_view, 3> kNames = {"safe", "attention", "dangerous"};
  return kNames.at(static_cast<std::size_t>(mark));
}

std::string_view to_string(ResumeRule rule) {
  constexpr std::array<std::string_view, 6> kTexts = {
      "accepted",
      "accepted while the table is not made yet, refused once it is",
      "accepted while it is not done yet, refused once it is",
      "accepted where the committed chunks, hashed again, agree, refused elsewhere",
      "the run is not found under this plan",
      "refused"};
  return kTexts.at(static_cast<std::size_t>(rule));
}

std::span<const ChangeRule> change_rules() {
  return kRules;
}

std::string PlanChange::line() const {
  return (table.empty() ? "the plan: " : "table " + table + ": ") + what;
}

const ChangeRule& rule_of(ChangeKind kind) {
  return *std::find_if(kRules.begin(), kRules.end(),
                       [&](const ChangeRule& rule) { return rule.kind == kind; });
}

}  // namespace planrun
