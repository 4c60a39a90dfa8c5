// The figures of a verification by their names (plan/figure_names.h): what alerts are held against, and what
// goes into a metrics file.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "plan/plan.h"
#include "run/streak.h"
#include "run/verification.h"

namespace planrun {

struct CheckFigure {
  std::string severity;
  std::string status;
  std::optional<double> value;  // none: what was found is no number
};

/// Of a verification that could not be done only those are known that say so.
struct Figures {
  std::map<std::string, double> verification;
  std::map<std::string, std::map<std::string, double>> tables;
  std::map<std::string, CheckFigure> checks;
};

Figures find_figures(const VerifySummary& summary, const Streak& streak, const std::optional<PlanGate>& gate,
                     std::int64_t now);

/// Whether the condition holds; none: what it names is not known.
std::optional<bool> holds(const AlertCondition& condition, const Figures& figures);
/// What it names, in words: "3", "failed".
std::string value_text(const AlertCondition& condition, const Figures& figures);

}  // namespace planrun
