// The plan's JSON Schema (draft-07), made of the table of known keys: what an editor completes and checks.
#pragma once

#include <string>

namespace planrun {

/// The whole text, with a newline at its end; engine/plan/plan.schema.json holds it. It takes every plan that
/// the parser takes; what needs more than one place of the plan to see (names, SQL, types) it does not check.
std::string plan_schema();

}  // namespace planrun
