// Which columns hold money, by their names: what a plan says nothing else about.
#pragma once

#include <string_view>

namespace planrun {

/// Whether a word between underscores says an amount (amount, price, cost, value, revenue, ...), and none
/// says that it is a measure of another kind (rate, percent, score, days, ...).
bool is_amount_name(std::string_view column);

}  // namespace planrun
