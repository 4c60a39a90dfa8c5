// How many verifications of a run have passed in a row, and whether that meets the plan's gate.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "database/watch_ledger.h"
#include "plan/plan.h"

namespace planrun {

/// Of one run's verifications. An interrupted one says nothing and is left out; one that could not be done
/// ends the streak as a failure does.
struct Streak {
  std::int64_t passed = 0;                         // in a row, up to the latest
  std::vector<std::int64_t> starts;                // of those, newest first; Unix microseconds
  std::optional<VerificationRecord> last_failure;  // the latest that did not pass
  std::int64_t last_passed_at = 0;                 // when the latest that passed began; 0: none
};

/// `verifications` newest first, as the ledger has them; those of other runs are left out.
Streak find_streak(std::span<const VerificationRecord> verifications, const std::string& run);

/// The gate is met where the latest `verifications` have all passed, all of them began within the last
/// `within`, none in that time failed, and the latest began no longer ago than two of the intervals that so
/// many verifications in that time make.
struct GateState {
  bool met = false;
  std::int64_t passed_within = 0;    // of the streak, that began within the time
  std::vector<std::string> missing;  // in words; empty where it is met
};
GateState judge_gate(const PlanGate& gate, const Streak& streak, std::int64_t now);

/// "131 of 168 hourly verifications passed in a row; last failure 2026-11-20T07:00:00Z: ..."
std::string streak_text(const Streak& streak, const std::optional<PlanGate>& gate);
Json to_json(const Streak& streak, const std::optional<PlanGate>& gate, std::int64_t now);

}  // namespace planrun
