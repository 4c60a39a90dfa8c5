// A run of several targets, as each target's own ledger has it.
#pragma once

#include <string>
#include <vector>

#include "database/ledger.h"

namespace planrun {

struct TargetState {
  std::string name;           // in the plan
  std::string shown_url;      // without a password; empty for one that the plan does not name any more
  std::string state;          // of the run there; empty where its ledger does not know it
  std::string unreachable{};  // why it could not be asked; empty: it was

  bool is_named() const { return !shown_url.empty(); }
};

/// What of the run's targets does not agree with `state`, the run's own: "target crm has nothing of it". In
/// the order of `targets`; none of a run of one target.
std::vector<std::string> out_of_step(RunState state, const std::vector<TargetState>& targets);

}  // namespace planrun
