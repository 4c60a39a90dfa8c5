// Names in an SQL text of any dialect, found by its words alone: for expressions that only the source can
// parse.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace planrun {

/// Words and quoted names ("a", [a], `a`) that are not called as functions, in order; texts and comments are
/// skipped.
std::vector<std::string> identifiers_in(std::string_view sql);

/// Whatever the case of ASCII letters, as SQLite compares names.
bool same_name(std::string_view a, std::string_view b);

}  // namespace planrun
