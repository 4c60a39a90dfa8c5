// Censuses for programs.
#pragma once

#include <span>

#include "base/json_fwd.h"
#include "census/census.h"

namespace planrun {

/// {"version": 1, "databases": [...]}; what there is nothing of is left out. Names may be any bytes: dump it
/// with Json::error_handler_t::replace.
Json census_json(std::span<const DatabaseCensus> censuses);

}  // namespace planrun
