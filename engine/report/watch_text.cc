#include "report/watch_text.h"

namespace planrun {

std::string watch_text(const Streak& streak, const std::optional<PlanGate>& gate, std::int64_t now,
                       const Paint& paint) {
  std::string text = paint.strong("verifications") + "\n  " + streak_text(streak, gate) + "\n";
  if (!gate) return text;
  const GateState state = judge_gate(*gate, streak, now);
  text += "  gate: " + (state.met ? paint.good("met") : paint.careful("not met")) + "\n";
  for (const auto& what : state.missing) text += "    " + what + "\n";
  return text;
}

}  // namespace planrun
