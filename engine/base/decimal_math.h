// Exact arithmetic on canonical decimals (decimal.h), of any length.
#pragma once

#include <string>
#include <string_view>

namespace planrun {

/// Canonical decimals in, canonical decimals out.
std::string add_decimals(std::string_view a, std::string_view b);
std::string multiply_decimals(std::string_view a, std::string_view b);
std::string negate_decimal(std::string_view a);
/// -1, 0 or 1.
int compare_decimals(std::string_view a, std::string_view b);

}  // namespace planrun
