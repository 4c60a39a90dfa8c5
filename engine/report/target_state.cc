#include "report/target_state.h"

namespace planrun {

namespace {

// A run ends in home last: by then all others have passed, or one has kept it from that. A rollback ends in
// home last too.
bool agrees(RunState state, const std::string& there) {
  const bool is_back = there == to_string(RunState::rolled_back);
  if (state == RunState::passed) return there == to_string(RunState::passed);
  if (state == RunState::rolled_back) return there.empty() || is_back;
  if (state == RunState::rolling_back) return true;
  return !is_back;
}

}  // namespace

std::vector<std::string> out_of_step(RunState state, const std::vector<TargetState>& targets) {
  std::vector<std::string> told;
  for (const TargetState& target : targets) {
    if (!target.is_named()) {
      told.push_back("target " + target.name + ", which the plan does not name any more, was not asked");
    } else if (!target.unreachable.empty()) {
      told.push_back("target " + target.name + " could not be asked: " + target.unreachable);
    } else if (!agrees(state, target.state)) {
      told.push_back("target " + target.name +
                     (target.state.empty() ? " has nothing of it" : " has it as " + target.state));
    }
  }
  return told;
}

}  // namespace planrun
