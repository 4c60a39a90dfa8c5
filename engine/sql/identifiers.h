// Names in an SQL text of any dialect, found by its words alone: for expressions that only the source can
// parse.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace planrun {

/// Words and quoted names ("a", [a], `a`) that are not called as functions, in order; texts and comments are
/// skipped.
std::vector<std::string> identifiers_in(std::string_view sql);

/// Whatever the case of ASCII letters, as SQLite compares names.
bool same_name(std::string_view a, std::string_view b);

/// The first one of this very name, else the first of the same name but for the case of its letters:
/// PostgreSQL tells them apart, SQLite cannot have both. Null: neither is there.
template <typename Range, typename NameOf>
auto* find_by_name(Range& range, std::string_view name, NameOf name_of) {
  auto found =
      std::ranges::find_if(range, [&](const auto& one) { return std::invoke(name_of, one) == name; });
  if (found == std::ranges::end(range)) {
    found = std::ranges::find_if(range,
                                 [&](const auto& one) { return same_name(std::invoke(name_of, one), name); });
  }
  return found == std::ranges::end(range) ? nullptr : &*found;
}

}  // namespace planrun
