// Names and texts inside SQL.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// "name", with quotes inside doubled. Always quoted: names are exact.
std::string quote_name(std::string_view name);
/// 'text', standard_conforming_strings assumed. `text` must not hold NUL.
std::string quote_literal(std::string_view text);

}  // namespace planrun
