// What the ledger says of a plan's runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "database/ledger.h"
#include "database/pause_ledger.h"
#include "report/paint.h"
#include "report/target_state.h"

namespace planrun {

struct RunStatus {
  RunRecord run;
  std::vector<StepRecord> steps;
  std::vector<ChunkRecord> chunks;
  std::vector<CheckRecord> checks;
  std::optional<PauseRecord> pause{};
  bool at_work = false;                // a process holds the plan's lock
  std::vector<TargetState> targets{};  // of a plan of several, home first
};

std::string status_text(const std::string& plan, const std::vector<RunStatus>& runs, const Paint& paint);
Json status_json(const std::string& plan, const std::vector<RunStatus>& runs);

}  // namespace planrun
