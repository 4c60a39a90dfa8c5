#include "sql/calls.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sql/syntax.h"

namespace planrun {
namespace {

constexpr std::array<std::string_view, 4> kWordsOfNow = {"now", "today", "tomorrow", "yesterday"};

void add(const std::string& call, std::vector<std::string>& calls) {
  if (std::find(calls.begin(), calls.end(), call) == calls.end()) calls.push_back(call);
}

void add_function(const Json& call, std::vector<std::string>& calls) {
  const auto names = string_list(member(call, "funcname"));
  if (names.empty()) return;
  const Json& arguments = member(call, "args");
  const bool of_one = names.back() == "age" && arguments.is_array() && arguments.size() == 1;
  add(of_one ? "age/1" : to_lower_ascii(names.back()), calls);
}

// SVFOP_CURRENT_TIMESTAMP_N -> current_timestamp
void add_value_function(const Json& node, std::vector<std::string>& calls) {
  std::string word = to_lower_ascii(text_member(node, "op"));
  if (word.starts_with("svfop_")) word.erase(0, 6);
  if (word.ends_with("_n")) word.erase(word.size() - 2);
  add(word, calls);
}

void collect(const Json& node, std::vector<std::string>& calls) {
  if (!node.is_structured()) return;
  if (const Json& call = member(node, "FuncCall"); call.is_object()) add_function(call, calls);
  if (const Json& value = member(node, "SQLValueFunction"); value.is_object())
    add_value_function(value, calls);
  if (const Json& text = member(node, "sval"); text.is_object()) {
    const std::string word = to_lower_ascii(trim(text_member(text, "sval")));
    if (std::find(kWordsOfNow.begin(), kWordsOfNow.end(), word) != kWordsOfNow.end())
      add("'" + word + "'", calls);
  }
  for (const Json& child : node) collect(child, calls);
}

}  // namespace

SqlParsed<std::vector<std::string>> parse_calls(std::string_view expression) {
  const Syntax syntax("SELECT (", expression, "\n)");
  if (!syntax.ok()) return {std::nullopt, syntax.fault()};
  const Json& select = member(syntax.statement(), "SelectStmt");
  const Json& targets = member(select, "targetList");
  // `1) FROM t WHERE (2` would be one statement too.
  if (!targets.is_array() || targets.size() != 1 || select.contains("fromClause") ||
      select.contains("whereClause")) {
    return {std::nullopt, syntax.fault_at(syntax.authored_begin(), "is not one expression")};
  }
  std::vector<std::string> calls;
  collect(targets, calls);
  return {std::move(calls), {}};
}

}  // namespace planrun
