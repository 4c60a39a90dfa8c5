#include "support/kill_anywhere.h"

#include <algorithm>
#include <csignal>

#include "support/target_state.h"

namespace planrun::test {

void kill_anywhere(const KilledRuns& runs) {
  const auto unbroken = runs.make();
  const std::string before = target_state(unbroken->target_url());
  const auto points_file = unbroken->state().parent_path() / "points";
  const ProcessResult whole = unbroken->run(
      {}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_COUNT_FILE", points_file.string()}});
  INFO(whole.out << whole.err);
  REQUIRE(whole.status == 0);
  if (runs.look_at_whole) runs.look_at_whole(*unbroken);
  const std::string after = target_state(unbroken->target_url());
  const std::size_t points = read_file(points_file).size();
  const std::size_t count = std::min(kill_points(runs.usual_points), points - 1);
  for (std::size_t i = 1; i <= count; ++i) {
    const auto m = runs.make();
    const std::string point = std::to_string(points * i / (count + 1));
    INFO("killed at point " << point << " of " << points);
    const ProcessResult killed =
        m->run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", point}});
    REQUIRE((killed.status == -SIGKILL || killed.status == 0));
    if (runs.look_at_killed) runs.look_at_killed(*m);
    if (i % 2 == 0) {
      const ProcessResult resumed = m->run();
      INFO(resumed.out << resumed.err);
      REQUIRE(resumed.status == 0);
      REQUIRE(target_state(m->target_url()) == after);
    }
    const ProcessResult back = m->rollback();
    INFO(back.out << back.err);
    // Killed before its first word to the ledger it has left nothing to take back.
    REQUIRE((back.status == 0 || back.err.find("there is no run") != std::string::npos));
    REQUIRE(target_state(m->target_url()) == before);
  }
}

}  // namespace planrun::test
