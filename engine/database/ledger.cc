#include "database/ledger.h"

#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace planrun {
namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 7> kRunStates = {{
    {RunState::running, "running"},
    {RunState::interrupted, "interrupted"},
    {RunState::failed, "failed"},
    {RunState::passed, "passed"},
    {RunState::unproved, "unproved"},
    {RunState::rolling_back, "rolling_back"},
    {RunState::rolled_back, "rolled_back"},
}};

constexpr std::array<std::pair<StepState, std::string_view>, 5> kStepStates = {{
    {StepState::pending, "pending"},
    {StepState::running, "running"},
    {StepState::done, "done"},
    {StepState::failed, "failed"},
    {StepState::undone, "undone"},
}};

template <typename States, typename State>
std::string_view text_of(const States& states, State state) {
  for (const auto& [value, text] : states) {
    if (value == state) return text;
  }
  throw Error(ErrorCode::system, "a state outside its enumeration");
}

template <typename States>
auto state_of(const States& states, std::string_view text, std::string_view what) {
  for (const auto& [value, name] : states) {
    if (name == text) return value;
  }
  throw Error(ErrorCode::target, "the ledger holds " + quote_for_message(text) + ", which is no state of a " +
                                     std::string(what));
}

}  // namespace

std::string_view to_string(RunState state) {
  return text_of(kRunStates, state);
}
RunState run_state_from(std::string_view text) {
  return state_of(kRunStates, text, "run");
}
std::string_view to_string(StepState state) {
  return text_of(kStepStates, state);
}
StepState step_state_from(std::string_view text) {
  return state_of(kStepStates, text, "step");
}

}  // namespace planrun
