// The streak and the gate, on verifications made up by hand.
#include "run/streak.h"

#include "support/catch.h"

namespace streak_test {

using namespace planrun;

namespace {

constexpr std::int64_t kHour = 3'600'000'000;
// 2026-11-20T07:00:00Z
constexpr std::int64_t kBegin = 1'795'158'000'000'000;

// One letter an hour, oldest first: p passed, d differences, n not done, i interrupted.
std::vector<VerificationRecord> history(const std::string& letters, const std::string& run = "r") {
  std::vector<VerificationRecord> list;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    VerificationRecord v;
    v.run = run;
    v.started_at = kBegin + static_cast<std::int64_t>(i) * kHour;
    v.verdict = letters[i] == 'p'   ? VerificationVerdict::passed
                : letters[i] == 'd' ? VerificationVerdict::differences
                : letters[i] == 'n' ? VerificationVerdict::not_done
                                    : VerificationVerdict::interrupted;
    if (letters[i] != 'p') v.message = "why";
    list.insert(list.begin(), v);
  }
  return list;
}

PlanGate gate_of(std::int64_t verifications, std::int64_t hours) {
  PlanGate gate;
  gate.verifications = verifications;
  gate.within_seconds = hours * 3600;
  gate.within = std::to_string(hours) + "h";
  return gate;
}

GateState judge(const std::string& letters, const PlanGate& gate, std::int64_t minutes_later = 0) {
  const std::int64_t now =
      kBegin + (static_cast<std::int64_t>(letters.size()) - 1) * kHour + minutes_later * kHour / 60;
  return judge_gate(gate, find_streak(history(letters), "r"), now);
}

}  // namespace

TEST_CASE("a streak is what passed in a row up to the latest", "[watch]") {
  CHECK(find_streak(history("pppp"), "r").passed == 4);
  CHECK(find_streak(history("ppdpp"), "r").passed == 2);
  CHECK(find_streak(history("ppnp"), "r").passed == 1);
  CHECK(find_streak(history("ppip"), "r").passed == 3);
  CHECK(find_streak(history("ppd"), "r").passed == 0);
  CHECK(find_streak(history("pp"), "another").passed == 0);
  CHECK(find_streak(history("ppd"), "r").last_passed_at == kBegin + kHour);
}

TEST_CASE("the streak is told in words that fit what is known", "[watch]") {
  CHECK(streak_text(find_streak(history("dpp"), "r"), gate_of(168, 168)) ==
        "2 of 168 hourly verifications passed in a row; last failure 2026-11-20T07:00:00Z: why");
  CHECK(streak_text(find_streak(history("pp"), "r"), std::nullopt) ==
        "2 verifications passed in a row since 2026-11-20T07:00:00Z");
  CHECK(streak_text({}, std::nullopt) == "not verified yet");
  CHECK(streak_text(find_streak(history("pppp"), "r"), gate_of(3, 24)) ==
        "3 of 3 verifications passed in a row (4 in all)");
}

TEST_CASE("a gate is met by enough that passed, in time, and none that failed", "[watch]") {
  const std::string week(168, 'p');
  CHECK(judge(week, gate_of(168, 168)).met);
  CHECK(judge(week, gate_of(168, 168), 59).met);
  // The 168th began 167 hours after the first.
  CHECK_FALSE(judge(week, gate_of(168, 168), 61).met);
  CHECK_FALSE(judge(week.substr(1), gate_of(168, 168)).met);
  CHECK(judge(week.substr(1), gate_of(168, 168)).missing ==
        std::vector<std::string>{"1 more verification must pass in a row within 168h"});
  CHECK(judge(week + "i" + "p", gate_of(168, 170)).met);
  // Enough in a row, but one failed within the time.
  CHECK_FALSE(judge("d" + std::string(5, 'p'), gate_of(5, 10)).met);
  CHECK(judge("d" + std::string(11, 'p'), gate_of(5, 10)).met);
  // Two intervals of two hours.
  CHECK(judge(std::string(10, 'p'), gate_of(5, 10), 240).met);
  CHECK_FALSE(judge(std::string(10, 'p'), gate_of(5, 10), 241).met);
}

}  // namespace streak_test
