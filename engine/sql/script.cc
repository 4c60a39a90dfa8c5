#include "sql/script.h"

#include <algorithm>
#include <array>

#include "sql/quote.h"
#include "sql/syntax.h"

namespace planrun {
namespace {

// Statements that PostgreSQL refuses inside a transaction, by their node in its grammar.
constexpr std::array<const char*, 7> kOutside = {
    "CreatedbStmt",       "DropdbStmt", "AlterSystemStmt",       "CreateTableSpaceStmt",
    "DropTableSpaceStmt", "VacuumStmt", "CreateSubscriptionStmt"};

std::string refusal(const Json& statement) {
  if (statement.contains("TransactionStmt")) return "a step is one transaction, and ends by itself";
  if (const Json& set = member(statement, "VariableSetStmt");
      set.is_object() && !flag_member(set, "is_local")) {
    return "the setting would outlast the step: say SET LOCAL";
  }
  const char* outside = "PostgreSQL does this in no transaction, and a step is one";
  for (const char* name : kOutside) {
    const Json& node = member(statement, name);
    const bool analyze = std::string_view(name) == "VacuumStmt" && !flag_member(node, "is_vacuumcmd");
    if (node.is_object() && !analyze) return outside;
  }
  for (const char* name : {"IndexStmt", "DropStmt"}) {
    if (flag_member(member(statement, name), "concurrent")) return outside;
  }
  return {};
}

void collect_writes(const Json& node, std::vector<std::string>& tables) {
  if (!node.is_structured()) return;
  const auto add = [&](const std::string& table) {
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  };
  if (node.is_object()) {
    for (const char* name : kWriting) {
      const Json& writing = member(node, name);
      if (writing.is_object()) add(text_member(member(writing, "relation"), "relname"));
    }
    for (const Json& relation : member(member(node, "TruncateStmt"), "relations")) {
      add(text_member(member(relation, "RangeVar"), "relname"));
    }
  }
  for (const Json& child : node) collect_writes(child, tables);
}

std::string quoted_name(const std::vector<std::string>& parts) {
  std::string name;
  for (const auto& part : parts) name += (name.empty() ? "" : ".") + quote_name(part);
  return name;
}

}  // namespace

SqlParsed<std::vector<ScriptStatement>> parse_script(std::string_view sql) {
  const SyntaxList list = parse_statements(sql);
  if (!list.fault.message.empty()) return {std::nullopt, list.fault};
  std::vector<ScriptStatement> statements;
  for (const auto& [tree, offset] : list.statements) {
    ScriptStatement statement;
    statement.offset = static_cast<int>(offset);
    const Json& function = member(tree, "CreateFunctionStmt");
    if (function.is_object()) statement.function = quoted_name(string_list(member(function, "funcname")));
    const Json& trigger = member(tree, "CreateTrigStmt");
    statement.trigger = text_member(trigger, "trigname");
    statement.trigger_table = text_member(member(trigger, "relation"), "relname");
    statement.comment = tree.contains("CommentStmt");
    statement.refused = refusal(tree);
    collect_writes(tree, statement.writes);
    statements.push_back(std::move(statement));
  }
  return {std::move(statements), {}};
}

}  // namespace planrun
