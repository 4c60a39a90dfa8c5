#include "run/context.h"

#include <algorithm>

#include "base/error.h"

namespace planrun {

const ResolvedTable& RunContext::table(const std::string& name) const {
  const ResolvedTable* table = names.table(name);
  if (table == nullptr) throw Error(ErrorCode::plan, "table " + name + " is not in the plan");
  return *table;
}

std::pair<const ResolvedTable*, const ResolvedLoad*> RunContext::load(const std::string& name) const {
  const auto found = names.load(name);
  if (found.second != nullptr) return found;
  throw Error(ErrorCode::plan, "load " + name + " is not in the plan");
}

LoadTarget RunContext::load_target(const std::string& name) const {
  const auto [table, load] = this->load(name);
  return planrun::load_target(*table, *load);
}

LoadTarget load_target(const ResolvedTable& table, const ResolvedLoad& load) {
  LoadTarget target;
  target.load = load.name;
  target.table = &table.schema;
  target.fans_out = load.transform.has_value();
  for (const auto& column : load.columns) target.columns.push_back(column.column);
  target.write = load.write;
  target.key = load.key;
  return target;
}

bool WatchedGuard::watches(const std::string& table) const {
  return tables.empty() || std::find(tables.begin(), tables.end(), table) != tables.end();
}

std::string create_step_id(const std::string& table) {
  return "create " + table;
}

std::string begin_step_id(const std::string& table) {
  return "begin " + table;
}

}  // namespace planrun
