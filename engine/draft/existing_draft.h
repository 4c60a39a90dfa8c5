// Loads into tables that an application has made: matched by name, typed by the target.
#pragma once

#include <vector>

#include "draft/draft_plan.h"

namespace planrun {

/// The loads of all tables of the sources that the target has; what goes nowhere, and what nothing fills, in
/// comments.
void draft_loads(const std::vector<DraftSource>& sources, const DataOnly& target, Draft& draft);

}  // namespace planrun
