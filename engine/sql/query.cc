#include <algorithm>
#include <set>

#include "sql/definition.h"
#include "sql/syntax.h"

namespace planrun {
namespace {

void collect_with_names(const Json& node, std::set<std::string>& names) {
  if (const Json& common = member(node, "CommonTableExpr"); common.is_object()) {
    names.insert(text_member(common, "ctename"));
  }
  if (!node.is_structured()) return;
  for (const Json& child : node) collect_with_names(child, names);
}

void collect_tables(const Json& node, const std::set<std::string>& with_names,
                    std::vector<std::string>& tables) {
  if (const Json& range = member(node, "RangeVar"); range.is_object()) {
    const std::string schema = text_member(range, "schemaname");
    const std::string name = text_member(range, "relname");
    const std::string whole = schema.empty() ? name : schema + "." + name;
    const bool known = std::find(tables.begin(), tables.end(), whole) != tables.end();
    if (!known && (!schema.empty() || !with_names.contains(name))) tables.push_back(whole);
    return;
  }
  if (!node.is_structured()) return;
  for (const Json& child : node) collect_tables(child, with_names, tables);
}

// The first thing in the tree that makes it more than a reading query; empty: nothing.
std::string writes(const Json& node) {
  if (!node.is_structured()) return {};
  if (node.is_object()) {
    // A WITH clause may hold them although the whole is a SELECT.
    for (const char* statement : kWriting) {
      if (node.contains(statement)) return "the query writes";
    }
    if (node.contains("intoClause")) return "SELECT INTO makes a table";
    if (node.contains("lockingClause")) return "the query locks rows";
  }
  for (const Json& child : node) {
    if (std::string found = writes(child); !found.empty()) return found;
  }
  return {};
}

}  // namespace

SqlParsed<QueryShape> parse_query(std::string_view sql) {
  const Syntax syntax("", sql, "\n");
  if (!syntax.ok()) return {std::nullopt, syntax.fault()};
  const Json& select = member(syntax.statement(), "SelectStmt");
  if (!select.is_object())
    return {std::nullopt, syntax.fault_at(0, "is no query: it begins with select, with or values")};
  if (const std::string message = writes(syntax.statement()); !message.empty()) {
    return {std::nullopt, syntax.fault_at(0, message, "a plan's query only reads")};
  }
  std::set<std::string> with_names;
  collect_with_names(select, with_names);
  QueryShape shape;
  collect_tables(select, with_names, shape.tables);
  return {std::move(shape), {}};
}

}  // namespace planrun
