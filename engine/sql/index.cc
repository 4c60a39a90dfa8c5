#include <algorithm>

#include "base/text.h"
#include "sql/definition.h"
#include "sql/quote.h"
#include "sql/syntax.h"

namespace planrun {
namespace {

void add_columns(const Json& node, std::vector<std::string>& columns) {
  std::vector<std::string> names;
  if (const std::string name = text_member(node, "name"); !name.empty()) {
    names = {name};
  } else {
    names = mentioned_columns(node);
  }
  for (auto& name : names) {
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(std::move(name));
  }
}

// "unique" stands first in a plan, but before INDEX in SQL: whether it does, and what follows it.
bool take_unique(std::string_view& index) {
  constexpr std::string_view kUnique = "unique";
  const auto begin = index.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || to_lower_ascii(index.substr(begin, kUnique.size())) != kUnique)
    return false;
  const std::string_view rest = index.substr(begin + kUnique.size());
  if (!rest.empty() && std::string_view(" \t\r\n(").find(rest.front()) == std::string_view::npos)
    return false;
  index = rest;
  return true;
}

}  // namespace

SqlParsed<IndexSchema> parse_index(std::string_view name, std::string_view index) {
  std::string_view rest = index;
  const bool unique = take_unique(rest);
  const auto skipped = static_cast<int>(index.size() - rest.size());
  const auto refuse = [&](SqlFault fault) {
    fault.offset += skipped;
    return SqlParsed<IndexSchema>{std::nullopt, std::move(fault)};
  };
  const Syntax syntax("create index " + quote_name(name) + " on t ", rest, "\n");
  if (!syntax.ok()) return refuse(syntax.fault());
  const Json& node = member(syntax.statement(), "IndexStmt");
  for (const char* unkept : {"options", "tableSpace", "nulls_not_distinct"}) {
    if (member(node, unkept).is_null()) continue;
    return refuse(syntax.fault_at(syntax.authored_begin(), std::string(unkept) + " of an index is not kept",
                                  "an index has columns, include (...) and where"));
  }
  IndexSchema result;
  result.name = name;
  result.unique = unique;
  result.method = text_member(node, "accessMethod");
  const auto elements = syntax.parentheses(syntax.authored_begin(), syntax.authored_end());
  result.elements_sql = syntax.slice(elements.open + 1, elements.close);
  const std::size_t include = syntax.find("include", elements.close);
  const std::size_t where = syntax.find("where", elements.close);
  if (member(node, "indexIncludingParams").is_array()) {
    const auto included = syntax.parentheses(syntax.tokens()[include].begin, syntax.authored_end());
    result.include_sql = syntax.slice(included.open + 1, included.close);
  }
  if (!member(node, "whereClause").is_null()) {
    result.where_sql = syntax.slice(syntax.tokens()[where].end, syntax.authored_end());
  }
  for (const char* part : {"indexParams", "indexIncludingParams"}) {
    for (const Json& element : member(node, part)) add_columns(element.at("IndexElem"), result.columns);
  }
  add_columns(member(node, "whereClause"), result.columns);
  return {std::move(result), {}};
}

}  // namespace planrun
