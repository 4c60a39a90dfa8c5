// Names and texts inside SQL.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// "name", with quotes inside doubled. Always quoted: names are exact.
std::string quote_name(std::string_view name);
/// As a person writes it: quoted only where it is no plain word of small letters, or a keyword of
/// PostgreSQL's or SQLite's.
std::string quote_where_needed(std::string_view name);
/// 'text', standard_conforming_strings assumed. `text` must not hold NUL.
std::string quote_literal(std::string_view text);

}  // namespace planrun
