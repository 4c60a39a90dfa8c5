// A census for a terminal: a table a table, and under it what to look at.
#pragma once

#include <string>

#include "census/census.h"
#include "report/paint.h"

namespace planrun {

std::string census_text(const DatabaseCensus& census, const Paint& paint);

}  // namespace planrun
