// sql = "..." and sql = { postgresql = "...", sqlite = "..." }.
#include <algorithm>

#include "base/text.h"
#include "plan/readers.h"
#include "sql/definition.h"

namespace planrun {
namespace {

const PlanTarget* asked_target(const PlanReader& reader, const std::string& target) {
  const auto& targets = reader.plan.targets;
  const auto found =
      std::find_if(targets.begin(), targets.end(), [&](const auto& t) { return t.name == target; });
  if (found != targets.end()) return &*found;
  return targets.empty() ? nullptr : &targets.front();
}

void check_query(PlanReader& reader, const Located& sql) {
  const auto parsed = parse_query(sql.text);
  if (!parsed) {
    reader.error_in(FindingCode::unreadable_sql, sql, static_cast<std::size_t>(parsed.fault.offset),
                    parsed.fault.message, parsed.fault.hint);
  }
}

}  // namespace

DialectSql read_dialect_sql(PlanReader& reader, const Member& member, const std::string& shown) {
  DialectSql sql;
  sql.at = member.value.at;
  if (member.value.kind == NodeKind::string) {
    sql.any = member.value.text;
    sql.text_at[""] = member.value.at;
    return sql;
  }
  const std::string what = "`" + member.key + "` of " + shown;
  const Section section(reader, sql_keys(), member.value, member.at, what);
  for (const char* dialect : {"postgresql", "sqlite"}) {
    const auto text = section.located(dialect);
    if (!text) continue;
    sql.by_dialect[dialect] = text->text;
    sql.text_at[dialect] = text->at;
  }
  if (member.value.members.empty())
    reader.error(FindingCode::empty_value, member.value.at, what + " is empty");
  return sql;
}

DialectSql read_query(PlanReader& reader, const Member& member, const std::string& shown) {
  DialectSql sql = read_dialect_sql(reader, member, shown);
  for (const auto& [dialect, at] : sql.text_at) {
    // SQL for SQLite alone is left to SQLite.
    if (dialect != "sqlite") check_query(reader, {sql.text(dialect), at});
    if (dialect == "sqlite" && trim(sql.text(dialect)).empty())
      reader.error(FindingCode::empty_value, at, "no SQL is here");
  }
  return sql;
}

void check_dialect(PlanReader& reader, const DialectSql& sql, const std::string& target,
                   const std::string& shown) {
  const PlanTarget* asked = asked_target(reader, target);
  if (sql.by_dialect.empty() || asked == nullptr) return;
  if (asked->dialect.empty() || sql.by_dialect.contains(asked->dialect)) return;
  reader.error(FindingCode::no_sql_for_dialect, sql.at,
               shown + " has no SQL for " + asked->dialect + ", which target `" + asked->name + "` is");
}

std::string read_target(PlanReader& reader, const Section& section) {
  const auto target = section.located("target");
  if (!target) return {};
  std::vector<std::string> names;
  for (const auto& t : reader.plan.targets) names.push_back(t.name);
  check_known(reader, FindingCode::unknown_name, *target, names, "there is no target `" + target->text + "`");
  return target->text;
}

std::string dialect_of(const PlanReader& reader, const std::string& target) {
  const PlanTarget* asked = asked_target(reader, target);
  return asked == nullptr ? std::string() : asked->dialect;
}

}  // namespace planrun
