#include "run/existing_tables.h"

#include <algorithm>
#include <set>

#include "plan/recorded_plan.h"

namespace planrun {

namespace {

// In the order in which the catalog tells them.
void put(ForeignKeySchema key, std::vector<ForeignKeySchema>& keys) {
  key.restored = false;
  const auto place = std::lower_bound(keys.begin(), keys.end(), key,
                                      [](const auto& a, const auto& b) { return a.name < b.name; });
  if (place != keys.end() && place->name == key.name) {
    *place = std::move(key);
  } else {
    keys.insert(place, std::move(key));
  }
}

std::set<std::string> done_of(const std::vector<StepRecord>& steps) {
  std::set<std::string> done;
  for (const auto& step : steps) {
    if (step.state == StepState::done) done.insert(step.id);
  }
  return done;
}

}  // namespace

std::string drop_key_step_id(const std::string& table, const std::string& key) {
  return "drop_foreign_key " + table + " " + key;
}

void remember_dropped_keys(const Plan& plan, TargetDatabase& target, ExistingTables& existing) {
  const bool restores = std::any_of(plan.tables.begin(), plan.tables.end(), [](const PlanTable& table) {
    return !table.restore_foreign_keys.empty();
  });
  if (!restores) return;
  const auto ledger = target.open_ledger(false);
  const auto runs = ledger->runs(plan.name);
  const auto run = std::find_if(runs.begin(), runs.end(),
                                [](const RunRecord& r) { return r.state != RunState::rolled_back; });
  if (run == runs.end()) return;
  const std::set<std::string> done = done_of(ledger->steps(run->id));
  const ResolvedPlan recorded = read_recorded_plan(run->resolved_plan);
  for (auto& [name, table] : existing) {
    const ResolvedTable* before = recorded.find(name);
    if (before == nullptr) continue;
    for (const auto& key : before->schema.foreign_keys) {
      if (key.restored && done.contains(drop_key_step_id(name, key.name)))
        put(key, table.schema.foreign_keys);
    }
  }
}

ExistingTables read_existing_tables(const Plan& plan, TargetDatabase& target) {
  ExistingTables existing;
  for (const auto& table : plan.tables) {
    if (!table.exists) continue;
    if (auto found = target.existing_table(table.name)) existing.emplace(table.name, std::move(*found));
  }
  remember_dropped_keys(plan, target, existing);
  return existing;
}

bool will_drop_keys(const ResolvedPlan& plan, const std::vector<StepRecord>& steps) {
  const std::set<std::string> done = done_of(steps);
  for (const auto& table : plan.tables) {
    for (const auto& key : table.schema.foreign_keys) {
      if (key.restored && !done.contains(drop_key_step_id(table.schema.name, key.name))) return true;
    }
  }
  return false;
}

std::vector<std::string> dropped_keys(const ResolvedPlan& plan, const std::vector<StepRecord>& steps) {
  const std::set<std::string> done = done_of(steps);
  std::vector<std::string> keys;
  for (const auto& table : plan.tables) {
    const std::string& name = table.schema.name;
    for (const auto& key : table.schema.foreign_keys) {
      const bool is_back = done.contains("foreign_key " + name + " " + key.name);
      if (key.restored && done.contains(drop_key_step_id(name, key.name)) && !is_back)
        keys.push_back("foreign key " + key.name + " of table " + name);
    }
  }
  return keys;
}

}  // namespace planrun
