// What a plan and its sources say together, for `planrun lint --sources`. Opens sources as a preview does and
// writes nothing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "database/source.h"
#include "database/target.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// Adds to `wrong` what does not fit the sources, and, where nothing is wrong, columns that are too short or
/// too narrow for them: declared sizes are compared, texts and integers are measured. Columns with a `using`
/// and loads with a transform are left to the preview, which converts every value.
///
/// The target is asked only for tables that exist; those that it does not have yet, or cannot be asked for,
/// are left out, and `notice` is told. Absent: something is wrong. Throws Error(source) when a source cannot
/// be read.
std::optional<ResolvedPlan> find_source_risks(const Plan& plan,
                                              const std::map<std::string, SourceDatabase*>& sources,
                                              TargetDatabase& target,
                                              const std::function<void(const std::string&)>& notice,
                                              Diagnostics& wrong);

}  // namespace planrun
