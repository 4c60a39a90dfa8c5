// [check.NAME] and [guard.NAME].
#include <algorithm>

#include "base/decimal.h"
#include "base/text.h"
#include "plan/readers.h"

namespace planrun {
namespace {

std::optional<Tolerance> read_amount(PlanReader& reader, const Node& node) {
  Tolerance tolerance;
  std::string_view text = trim(node.text);
  if (node.kind == NodeKind::string && text.ends_with('%')) {
    tolerance.percent = true;
    text = trim(text.substr(0, text.size() - 1));
  }
  tolerance.amount.clear();
  if (!append_canonical_decimal(text, tolerance.amount) || tolerance.amount.starts_with('-')) {
    reader.error(FindingCode::wrong_form, node.at, quote_for_message(node.text) + " is no tolerance",
                 "a number of 0 or more, or \"5%\"");
    return std::nullopt;
  }
  return tolerance;
}

void read_tolerance(PlanReader& reader, const Section& section, PlanCheck& check) {
  const Member* member = section.find("tolerance");
  if (member == nullptr) return;
  if (member->value.kind != NodeKind::table) {
    if (const auto amount = read_amount(reader, member->value)) check.critical = *amount;
    return;
  }
  const Section both(reader, tolerance_keys(), member->value, member->at, "`tolerance`");
  if (const Member* warning = both.find("warning")) check.warning = read_amount(reader, warning->value);
  if (const Member* critical = both.find("critical")) {
    if (const auto amount = read_amount(reader, critical->value)) check.critical = *amount;
  } else if (!both.has("critical")) {
    reader.error(FindingCode::missing_key, member->value.at, "`tolerance` has no `critical`",
                 "above it the check fails");
  }
}

void read_severity(const Section& section, PlanCheck& check) {
  const std::string severity = section.text("severity");
  if (severity == "warning") check.severity = CheckSeverity::warning;
  if (severity == "info") check.severity = CheckSeverity::info;
}

void refuse_arguments(PlanReader& reader, const std::vector<const Member*>& others, const Section& section) {
  std::vector<std::string> keys;
  for (const auto& k : check_keys().keys) keys.emplace_back(k.name);
  for (const Member* member : others) {
    reader.error(FindingCode::unknown_key, member->at,
                 "unknown key `" + member->key + "` in " + section.shown(), did_you_mean(member->key, keys));
  }
}

// What is expected comes from one place: `expect`, or `source` with `source_sql`.
void check_expectation(PlanReader& reader, const Section& section, const PlanCheck& check) {
  const bool has_expect = section.has("expect");
  const bool has_source = section.has("source");
  const bool has_source_sql = section.has("source_sql");
  if (has_expect && has_source_sql) {
    reader.error(FindingCode::keys_apart, section.at("source_sql"), "`source_sql` stands beside `expect`",
                 "the expected value comes from one");
  }
  if (has_source_sql && !has_source)
    reader.error(FindingCode::keys_apart, section.at("source_sql"), "`source_sql` needs `source`");
  if (has_source && !has_source_sql)
    reader.error(FindingCode::keys_apart, section.at("source"), "`source` needs `source_sql`");
  if (has_source_sql && section.find("source_sql") != nullptr && trim(check.source_sql.text).empty()) {
    reader.error(FindingCode::empty_value, check.source_sql.at, "no SQL is here");
  }
  const bool none = !has_expect && !has_source && !has_source_sql;
  if (none && check.severity != CheckSeverity::info) {
    reader.error(FindingCode::missing_key, section.at(), section.shown() + " does not say what is expected",
                 "`expect`, or `source` and `source_sql`; severity = \"info\" only shows the value");
  }
}

// A named check of a table asks the target that has it.
std::string target_of_table(const PlanReader& reader, const std::vector<const Member*>& arguments) {
  for (const Member* argument : arguments) {
    if (argument->key != "table") continue;
    for (const auto& table : reader.plan.tables) {
      if (table.name == argument->value.text) return table.target;
    }
  }
  return {};
}

void check_sql_or_use(PlanReader& reader, const Section& section, const Node& node) {
  const Member* sql = node.find("sql");
  const Member* use = node.find("use");
  if (sql == nullptr && use == nullptr)
    reader.error(FindingCode::missing_key, section.at(), section.shown() + " has no `sql`");
  if (sql == nullptr || use == nullptr) return;
  const bool use_last = std::pair(sql->at.line, sql->at.column) < std::pair(use->at.line, use->at.column);
  reader.error(FindingCode::keys_apart, (use_last ? use : sql)->at, "`sql` and `use` stand side by side",
               "a check has one of them");
}

void read_check(PlanReader& reader, const Member& member) {
  std::vector<const Member*> others;
  const Section section(reader, check_keys(), member.value, member.at, "[check." + member.key + "]", &others);
  PlanCheck check;
  check.name = member.key;
  check.at = member.at;
  check_plain_name(reader, check.name, member.at, "check");
  read_severity(section, check);
  check.target = read_target(reader, section);
  check.source = section.text("source");
  if (const auto source = section.located("source")) {
    std::vector<std::string> names;
    for (const auto& s : reader.plan.sources) names.push_back(s.name);
    check_known(reader, FindingCode::unknown_name, *source, names,
                "there is no source `" + source->text + "`");
  }
  if (const auto sql = section.located("source_sql")) check.source_sql = *sql;
  check.expect = section.located("expect");
  check.expects_truth = section.is_boolean("expect");
  check.use = section.text("use");
  read_tolerance(reader, section, check);
  check_sql_or_use(reader, section, member.value);
  if (section.has("use")) {
    if (check.target.empty()) check.target = target_of_table(reader, others);
    use_check(reader, section, others, std::move(check));
    return;
  }
  refuse_arguments(reader, others, section);
  if (const Member* sql = section.find("sql")) {
    check.sql = read_query(reader, *sql, section.shown());
    check_dialect(reader, check.sql, check.target, section.shown());
  }
  check_expectation(reader, section, check);
  reader.plan.checks.push_back(std::move(check));
}

void read_guard(PlanReader& reader, const Member& member) {
  const Section section(reader, guard_keys(), member.value, member.at, "[guard." + member.key + "]");
  PlanCheck guard;
  guard.name = member.key;
  guard.at = member.at;
  guard.guard = true;
  check_plain_name(reader, guard.name, member.at, "guard");
  read_severity(section, guard);
  guard.target = read_target(reader, section);
  guard.tables = texts_of(section.list("tables"));
  if (const Member* sql = section.find("sql")) {
    guard.sql = read_query(reader, *sql, section.shown());
    check_dialect(reader, guard.sql, guard.target, section.shown());
  } else if (!section.has("sql")) {
    reader.error(FindingCode::missing_key, member.at, section.shown() + " has no `sql`");
  }
  reader.plan.checks.push_back(std::move(guard));
}

// No query is asked of many files.
void refuse_questions_of_files(PlanReader& reader) {
  for (const auto& check : reader.plan.checks) {
    for (const auto& source : reader.plan.sources) {
      if (check.source != source.name || !source.has_many_files()) continue;
      reader.error(FindingCode::keys_apart, check.at,
                   "[check." + check.name + "] asks source `" + source.name +
                       "`, which is many files: no query can be asked of all of them",
                   "say what is expected: expect = \"...\"");
    }
  }
}

}  // namespace

void read_checks(PlanReader& reader, const Node& root) {
  for_each_section(reader, root, "check", [&](const Member& member) { read_check(reader, member); });
  for_each_section(reader, root, "guard", [&](const Member& member) { read_guard(reader, member); });
  refuse_questions_of_files(reader);
}

}  // namespace planrun
