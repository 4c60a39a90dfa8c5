// One thing that is otherwise in another version of a plan, and how careful a reviewer must be with it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace planrun {

enum class ChangeMark {
  safe,       // nothing that was there is taken away, and no row becomes another one
  attention,  // rows, values or what may refuse them change; nothing is lost unseen
  dangerous,  // something may be lost, spoiled or no longer noticed
};
std::string_view to_string(ChangeMark mark);

/// What a resume of an unfinished run makes of a change: run/resume.h.
enum class ResumeRule {
  any_time,   // accepted
  not_made,   // accepted while the table is not made yet, refused then
  not_done,   // accepted while what changed is not done yet, refused then
  rehashed,   // accepted where the committed chunks, hashed again under the new plan, give the ledger's
              // digests
  not_found,  // the run is not found by the new plan
  refused,    // always
};
std::string_view to_string(ResumeRule rule);

enum class ChangeKind {
  // of the plan
  plan_name_changed,
  requires_new,
  requires_gone,
  setting_changed,
  watch_changed,
  on_failure_loosened,
  snapshot_none,
  ledger_changed,
  source_new,
  source_gone,
  source_url_changed,
  target_url_changed,
  schema_changed,
  target_new,
  target_gone,
  // of a table
  table_new,
  table_gone,
  table_moved,
  exists_changed,
  inherit_changed,
  order_changed,
  restored_keys_changed,
  sha256_new,
  sha256_gone,
  // of a column
  column_new,
  column_gone,
  column_renamed,
  type_widened,
  type_narrowed,
  type_lossy,
  type_other,
  null_allowed,
  null_refused,
  default_changed,
  column_changed,
  // of what keeps rows right
  key_new,
  key_gone,
  key_changed,
  foreign_key_new,
  foreign_key_gone,
  foreign_key_changed,
  constraint_new,
  constraint_gone,
  index_new,
  index_gone,
  index_changed,
  unique_index_new,
  unique_index_gone,
  // of how its rows are divided
  divided_otherwise,
  partition_new,
  partition_gone,
  partition_changed,
  distributed_otherwise,
  // of a load
  load_new,
  load_gone,
  source_table_changed,
  column_source_changed,
  conversion_changed,
  conversion_lossy,
  where_changed,
  ignore_grown,
  ignore_shrunk,
  merge_changed,
  write_overwrites,
  write_changed,
  rejects_loosened,
  rejects_tightened,
  transform_changed,
  transform_code_changed,
  transform_row_changed,
  // of checks and guards
  check_new,
  check_gone,
  critical_check_gone,
  check_changed,
  expectation_gone,
  severity_lowered,
  critical_lowered,
  severity_raised,
  tolerance_grown,
  tolerance_shrunk,
  guard_new,
  guard_gone,
  guard_changed,
  // of views, triggers and SQL steps
  view_new,
  object_new,
  object_changed,
  object_gone,
  undo_changed,
  undo_gone,
};

/// What holds of every change of one kind: docs/review.md is written from it.
struct ChangeRule {
  ChangeKind kind;
  std::string_view name;  // "type_narrowed": as in JSON
  ChangeMark mark;
  ResumeRule resume;
  bool rewrites;         // the load's rows, or all of the table's, would be written again
  std::string_view why;  // for people, behind "because"
};
std::span<const ChangeRule> change_rules();
const ChangeRule& rule_of(ChangeKind kind);

struct PlanChange {
  ChangeKind kind = ChangeKind::setting_changed;
  std::string table;     // empty: of the plan as a whole
  std::string load;      // of a load
  std::string what;      // "column total: integer becomes bigint"
  std::string old_text;  // empty: there was none
  std::string new_text;  // empty: there is none
  const ChangeRule& rule() const { return rule_of(kind); }
  ChangeMark mark() const { return rule().mark; }
  /// "table orders: column total: integer becomes bigint", "the plan: source erp is new"
  std::string line() const;
};

}  // namespace planrun
