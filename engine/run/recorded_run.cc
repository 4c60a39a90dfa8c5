#include "run/recorded_run.h"

#include "base/error.h"
#include "base/json.h"
#include "plan/recorded_plan.h"

namespace planrun {

std::string name_in(const StepRecord& step) {
  const std::size_t before = step.kind.size() + step.table.size() + 2;
  return step.id.size() > before ? step.id.substr(before) : "";
}

RecordedRun::RecordedRun(const RunRecord& run, TargetDatabase& target)
    : run_(run), target_(target), plan_(read_recorded_plan(run.resolved_plan)), names_(plan_) {
  for (auto& object : schema_objects(Json::parse(run.resolved_plan), target.dialect().name())) {
    objects_.emplace(step_id(object), object);
  }
}

const ResolvedTable& RecordedRun::table_of(const StepRecord& step) const {
  if (const ResolvedTable* table = names_.table(step.table)) return *table;
  throw Error(ErrorCode::refused,
              "run " + run_.id +
                  (step.kind == kCreateStep ? " has made table " : " has written into table ") + step.table +
                  ", which is not in the plan that its ledger keeps");
}

const ForeignKeySchema& RecordedRun::key_of(const StepRecord& step) const {
  for (const auto& key : table_of(step).schema.foreign_keys) {
    if (key.restored && key.name == name_in(step)) return key;
  }
  throw Error(ErrorCode::refused, "run " + run_.id + " has dropped foreign key " + name_in(step) +
                                      " of table " + step.table +
                                      ", which is not in the plan that its ledger keeps");
}

bool RecordedRun::has_key_again(const StepRecord& step) const {
  TableSchema schema = table_of(step).schema;
  schema.foreign_keys = {key_of(step)};
  const auto connection = target_.connect(run_.id, 0);
  for (const SchemaCheck& check : target_.dialect().schema_checks(schema)) {
    if (connection->query(check.sql).rows.at(0).at(0) != check.expect) return false;
  }
  return true;
}

const SchemaObject* RecordedRun::object_of(const StepRecord& step) const {
  const auto found = objects_.find(step.id);
  return found == objects_.end() ? nullptr : &found->second;
}

bool RecordedRun::cannot_be_undone(const StepRecord& step) const {
  const SchemaObject* object = object_of(step);
  if (object == nullptr || object->kind != ObjectKind::sql) return false;
  const ObjectSql sql = target_.dialect().object_sql(*object);
  return !sql.make.empty() && sql.drop.empty();
}

}  // namespace planrun
