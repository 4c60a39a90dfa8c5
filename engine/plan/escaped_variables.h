// $${ in a plan stands for a ${ that is no variable.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

std::string escape_variables(std::string_view text);
std::string unescape_variables(std::string_view text);

}  // namespace planrun
