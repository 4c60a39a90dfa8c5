// What the ledger says of a plan's verifications.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "report/paint.h"
#include "run/streak.h"

namespace planrun {

/// The streak, and whether the gate is met and what is missing. `now`: Unix microseconds.
std::string watch_text(const Streak& streak, const std::optional<PlanGate>& gate, std::int64_t now,
                       const Paint& paint);

}  // namespace planrun
