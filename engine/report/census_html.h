// Censuses as one page.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "census/census.h"

namespace planrun {

/// `now`: Unix microseconds.
std::string census_html(std::span<const DatabaseCensus> censuses, std::int64_t now);

}  // namespace planrun
