#include "run/checks.h"

#include <algorithm>
#include <set>

#include "run/guards.h"

namespace planrun {

namespace {

PlanCheck check_of(const std::string& thing, const SchemaCheck& question) {
  PlanCheck check;
  check.name = thing + ": " + question.name;
  check.sql.any = question.sql;
  check.expect = Located{question.expect, {}};
  return check;
}

}  // namespace

std::vector<AskedCheck> checks_to_ask(const ResolvedPlan& plan, const Dialect& dialect) {
  std::vector<AskedCheck> asked;
  for (const auto& table : plan.tables) {
    for (const auto& question : dialect.schema_checks(table.schema)) {
      asked.push_back({check_of(table.schema.name, question), false,
                       question.name == "indexes" ? table.schema.name : ""});
    }
  }
  for (const auto& object : schema_objects(plan, dialect.name())) {
    for (const auto& question : dialect.object_sql(object).checks) {
      asked.push_back({check_of(object.table.empty() ? object.name : object.table, question), false, ""});
    }
  }
  for (const auto& check : plan.checks) {
    if (!check.guard) asked.push_back({check, true, ""});
  }
  return asked;
}

std::vector<CheckRecord> last_results(std::vector<CheckRecord> records) {
  std::set<std::string> later;
  const auto is_old = [&](const CheckRecord& record) {
    return !is_guard(record) && !later.insert(record.name).second;
  };
  std::ranges::reverse(records);
  std::erase_if(records, is_old);
  std::ranges::reverse(records);
  return records;
}

}  // namespace planrun
