#include "plan/figure_names.h"

#include <array>

namespace planrun {
namespace {

constexpr std::array kOfVerification = {
    FigureName{"verified", "1 where the last verification passed, else 0"},
    FigureName{"streak", "verifications that passed in a row"},
    FigureName{"differences", "keys whose rows differ"},
    FigureName{"rows_expected", "rows that the sources say the target must hold"},
    FigureName{"rows_found", "rows read back from the target"},
    FigureName{"rows_changed", "keys that were written while they were read"},
    FigureName{"checks_failed", "critical checks that failed"},
    FigureName{"seconds", "how long the verification took"},
    FigureName{"gate_met", "1 where the plan's gate is met, else 0"},
    FigureName{"verified_timestamp_seconds", "when a verification began that passed, the last one; 0: never"},
};

constexpr std::array kOfTable = {
    FigureName{"differences", "keys of the table whose rows differ"},
    FigureName{"rows_expected", "rows that the sources say the table must hold"},
    FigureName{"rows_found", "rows read back from the table"},
    FigureName{"rows_changed", "keys of the table that were written while they were read"},
    FigureName{"seconds", "how long reading both sides of the table took, added up over workers"},
};

}  // namespace

std::span<const FigureName> verification_figures() {
  return kOfVerification;
}
std::span<const FigureName> table_figures() {
  return kOfTable;
}

}  // namespace planrun
