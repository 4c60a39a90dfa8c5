// What a plan may say, but this version cannot run yet.
#pragma once

#include "plan/plan.h"

namespace planrun {

/// One error at each place; such a plan lints clean.
void report_unsupported(const Plan& plan, Diagnostics& diagnostics);

}  // namespace planrun
