#include "run/streak.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace planrun {

namespace {

// How often a gate's verifications come, where they come evenly.
std::int64_t interval_of(const PlanGate& gate) {
  return gate.within_seconds * kMicrosPerSecond / std::max<std::int64_t>(gate.verifications, 1);
}

// "hourly ", "daily ", or nothing.
std::string rhythm_of(const PlanGate& gate) {
  const std::int64_t seconds = interval_of(gate) / kMicrosPerSecond;
  if (seconds == 3600) return "hourly ";
  return seconds == 86400 ? "daily " : "";
}

std::string plural(std::int64_t count, const std::string& one) {
  return with_thousands(count) + " " + one + (count == 1 ? "" : "s");
}

}  // namespace

Streak find_streak(std::span<const VerificationRecord> verifications, const std::string& run) {
  Streak streak;
  for (const auto& v : verifications) {
    if (v.run != run || v.verdict == VerificationVerdict::interrupted) continue;
    if (v.verdict != VerificationVerdict::passed) {
      if (!streak.last_failure) streak.last_failure = v;
      continue;
    }
    if (streak.last_passed_at == 0) streak.last_passed_at = v.started_at;
    if (streak.last_failure) continue;
    ++streak.passed;
    streak.starts.push_back(v.started_at);
  }
  return streak;
}

GateState judge_gate(const PlanGate& gate, const Streak& streak, std::int64_t now) {
  GateState state;
  const std::int64_t since = now - gate.within_seconds * kMicrosPerSecond;
  state.passed_within = std::count_if(streak.starts.begin(), streak.starts.end(),
                                      [&](std::int64_t start) { return start >= since; });
  if (state.passed_within < gate.verifications) {
    state.missing.push_back(plural(gate.verifications - state.passed_within, "more verification") +
                            " must pass in a row within " + gate.within);
  }
  if (streak.last_failure && streak.last_failure->started_at >= since) {
    state.missing.push_back("none may have failed within " + gate.within + "; the one of " +
                            to_iso_utc(streak.last_failure->started_at) + " did");
  }
  const std::int64_t oldest = now - 2 * interval_of(gate);
  if (!streak.starts.empty() && streak.starts.front() < oldest) {
    state.missing.push_back(
        "the latest, of " + to_iso_utc(streak.starts.front()) + ", must not be older than " +
        human_seconds(static_cast<double>(2 * interval_of(gate)) / static_cast<double>(kMicrosPerSecond)));
  }
  state.met = state.missing.empty();
  return state;
}

std::string streak_text(const Streak& streak, const std::optional<PlanGate>& gate) {
  std::string text;
  if (gate) {
    text = with_thousands(std::min(streak.passed, gate->verifications)) + " of " +
           with_thousands(gate->verifications) + " " + rhythm_of(*gate) + "verifications passed in a row";
    if (streak.passed > gate->verifications) text += " (" + with_thousands(streak.passed) + " in all)";
  } else if (streak.passed == 0) {
    text = streak.last_failure ? "the last verification did not pass" : "not verified yet";
  } else {
    text =
        plural(streak.passed, "verification") + " passed in a row since " + to_iso_utc(streak.starts.back());
  }
  if (streak.last_failure) {
    text +=
        "; last failure " + to_iso_utc(streak.last_failure->started_at) + ": " + streak.last_failure->message;
  }
  return text;
}

Json to_json(const Streak& streak, const std::optional<PlanGate>& gate, std::int64_t now) {
  Json json = {{"passed_in_a_row", streak.passed}, {"since", nullptr}, {"last_failure", nullptr}};
  if (!streak.starts.empty()) json["since"] = to_iso_utc(streak.starts.back());
  if (streak.last_failure) {
    json["last_failure"] = {{"started_at", to_iso_utc(streak.last_failure->started_at)},
                            {"verdict", std::string(to_string(streak.last_failure->verdict))},
                            {"message", streak.last_failure->message}};
  }
  if (!gate) return json;
  const GateState state = judge_gate(*gate, streak, now);
  json["gate"] = {{"verifications", gate->verifications},
                  {"within", gate->within},
                  {"passed_within", state.passed_within},
                  {"met", state.met},
                  {"missing", state.missing}};
  return json;
}

}  // namespace planrun
