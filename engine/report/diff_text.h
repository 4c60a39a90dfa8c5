// What a change of a plan means, as a person or a program reads it.
#pragma once

#include <string>

#include "base/json_fwd.h"
#include "plan/plan_diff.h"
#include "report/paint.h"

namespace planrun {

/// What is compared, as the command line named it: "plans/ora.toml", "git:HEAD~1:plans/ora.toml",
/// "run:latest".
struct DiffSides {
  std::string plan;  // the plan's name
  std::string before;
  std::string now;
};

/// For a terminal, grouped by table, the most dangerous first.
std::string diff_text(const DiffSides& sides, const PlanDiff& diff, const Paint& paint);
/// For a pull request: GitHub's Markdown, without HTML of the plan's own.
std::string diff_markdown(const DiffSides& sides, const PlanDiff& diff);
Json diff_json(const DiffSides& sides, const PlanDiff& diff);

/// One line a change: "table t: column c is gone". For messages of other commands.
std::vector<std::string> diff_lines(const PlanDiff& diff);

}  // namespace planrun
