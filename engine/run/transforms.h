// The Lua files of a plan, read once: what is checked and hashed is what runs.
#pragma once

#include <map>
#include <memory>

#include "database/source.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// Fills in the files of each load's transform. What is missing or does not load goes to `wrong`.
void attach_transforms(const Plan& plan, ResolvedPlan& resolved, Diagnostics& wrong);

/// By the transform that a load names. What is missing or does not load goes to `wrong`.
std::map<std::string, std::vector<LuaFile>> transform_files(const Plan& plan, Diagnostics& wrong);

/// The same for a plan that is only linted: its loads and examples.
void check_transforms(const Plan& plan, Diagnostics& wrong);

/// Whether each load's transform gives the same rows again: see load/repeatable.h.
void check_repeatable(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources);

/// One example, run.
struct ExampleResult {
  const PlanExample* example = nullptr;
  std::vector<std::string> wrong;  // empty: it passed
};

/// In the order of the plan. A file that does not load fails its examples.
std::vector<ExampleResult> run_examples(const Plan& plan);

}  // namespace planrun
