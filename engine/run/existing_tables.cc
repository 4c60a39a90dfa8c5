#include "run/existing_tables.h"

#include <algorithm>
#include <set>

#include "base/text.h"
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

// The tables on the way from one to another by foreign keys that stay; empty: there is none.
std::vector<std::string> way(const ResolvedPlan& plan, const std::string& from, const std::string& to,
                             std::set<std::string>& seen) {
  if (from == to) return {from};
  const ResolvedTable* table = plan.find(from);
  if (table == nullptr || !table->schema.exists || !seen.insert(from).second) return {};
  for (const auto& key : table->schema.foreign_keys) {
    if (key.restored) continue;
    auto rest = way(plan, key.table, to, seen);
    if (rest.empty()) continue;
    rest.insert(rest.begin(), from);
    return rest;
  }
  return {};
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

std::vector<std::string> circles_of(const ResolvedPlan& plan) {
  std::vector<std::string> circles;
  for (const auto& table : plan.tables) {
    const std::string& name = table.schema.name;
    for (const auto& key : table.schema.foreign_keys) {
      if (!table.schema.exists || key.restored || key.definition.empty()) continue;
      std::set<std::string> seen;
      const auto back = way(plan, key.table, name, seen);
      if (back.empty()) continue;
      circles.push_back("foreign key " + key.name + " goes round (" + name + " -> " + join(back, " -> ") +
                        "): rows that refer to rows which come later are refused; [table." + name +
                        "] restore_foreign_keys = [\"" + key.name + "\"] lets them in");
    }
  }
  return circles;
}

}  // namespace planrun
