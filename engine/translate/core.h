// One SELECT of a query: what UNION and its like put together, and ORDER BY orders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "translate/query.h"

namespace planrun {

/// Uses of its columns point to its scope: it stays where it is.
struct Core {
  explicit Core(const Scope* outer) { scope.outer = outer; }
  Scope scope;
  bool distinct = false;
  bool grouped = false;
  std::vector<QueryColumn> items{};
  std::string from{};
  std::optional<SqlValue> where{};
  std::vector<SqlValue> group{};
  std::optional<SqlValue> having{};
  SqlValue uses{};  // of the queries around
};

/// Whether its rows are made of several.
bool aggregates(const Core& core);

/// Reads from SELECT to the end of HAVING. Throws Uncertain.
void read_core(Translating& in, Core& core, bool on_lines);

}  // namespace planrun
