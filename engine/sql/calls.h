// What an expression calls: for whoever must know whether it gives the same answer again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/definition.h"

namespace planrun {

/// Lower-case names, without their schemas, of the functions that one expression of PostgreSQL's calls, each
/// once; "age/1" where `age` has one argument, "current_date" and its kin by their word, and the words that a
/// text may hold to mean a time of now ("'now'", "'today'") in single quotes. A fault where it is not exactly
/// one expression.
SqlParsed<std::vector<std::string>> parse_calls(std::string_view expression);

}  // namespace planrun
