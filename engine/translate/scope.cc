#include "translate/scope.h"

#include <algorithm>

#include "base/text.h"

namespace planrun {
namespace {

const ScopeColumn* find_in(const ScopeTable& table, const std::string& name, bool qualified) {
  for (const auto& column : table.columns) {
    if (same_name(column.column.source, name) && (qualified || !column.is_joined)) return &column;
  }
  return nullptr;
}

bool is_rowid(const std::string& name) {
  return same_name(name, "rowid") || same_name(name, "_rowid_") || same_name(name, "oid");
}

const ScopeColumn* find_in(const Scope& scope, const std::string& table, const std::string& name) {
  const ScopeColumn* found = nullptr;
  for (const auto& one : scope.tables) {
    if (table.empty() ? one.by_name_only : !same_name(one.name, table)) continue;
    const ScopeColumn* here = find_in(one, name, !table.empty());
    if (here == nullptr) continue;
    if (found != nullptr) refuse("`" + name + "` is a column of several tables");
    found = here;
  }
  return found;
}

/// INTEGER PRIMARY KEY, which SQLite's rowid is another name of.
const ScopeColumn* find_numbered(const Scope& scope, const std::string& table) {
  for (const auto& one : scope.tables) {
    if (table.empty() ? scope.tables.size() > 1 : !same_name(one.name, table)) continue;
    for (const auto& column : one.columns) {
      if (column.column.numbered) return &column;
    }
  }
  return scope.outer == nullptr ? nullptr : find_numbered(*scope.outer, table);
}

const SqlValue* find_result(const Scope& scope, const std::string& name) {
  const auto found = std::ranges::find_if(
      scope.results, [&](const ResultName& result) { return same_name(result.name, name); });
  return found == scope.results.end() ? nullptr : &found->value;
}

}  // namespace

void settle_groups(const Scope& scope, SqlValue& value) {
  if (scope.groups.contains(value.sql))
    std::erase_if(value.uses, [&](const ColumnUse& use) { return use.scope == &scope; });
}

SqlValue resolve_name(const Scope& scope, const std::string& table, const std::string& name, char quote) {
  for (const Scope* one = &scope; one != nullptr; one = one->outer) {
    if (const ScopeColumn* column = find_in(*one, table, name)) {
      SqlValue value = value_of(column->column, column->sql);
      value.uses.push_back({one, value.sql});
      settle_groups(*one, value);
      return value;
    }
    if (!table.empty()) continue;
    if (const SqlValue* result = find_result(*one, name)) return *result;
  }
  if (const ScopeColumn* column = find_numbered(scope, table); is_rowid(name) && column != nullptr)
    return resolve_name(scope, table, column->column.source, quote);
  if (is_rowid(name)) refuse("`" + name + "` is SQLite's own number of a row");
  if (table.empty() && quote == '"')
    refuse("`" + name + "` in double quotes is no column, and SQLite takes it for a text");
  refuse("`" + (table.empty() ? "" : table + ".") + name + "` is no column that can be found");
}

}  // namespace planrun
