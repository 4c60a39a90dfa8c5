// The plans with transforms, upserts, guards and several databases, killed anywhere: run again they end as a
// run that was never killed, and taken back, killed in between, they leave nothing. The points are those of
// support/kill_preload.cc.
#include <algorithm>
#include <csignal>

#include "support/shipped_plans.h"

namespace plans_kill_test {

using namespace planrun::test;

namespace {

// Of each plan and target; kill_test.cc tries hundreds on the ORA plan.
constexpr std::size_t kPoints = 3;

using Environment = std::map<std::string, std::string>;

Environment counting(const std::filesystem::path& file) {
  return {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_COUNT_FILE", file.string()}};
}

Environment killing(std::size_t point) {
  return {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", std::to_string(point)}};
}

void kill_plan(Kind kind, const std::string& plan, const std::vector<std::string>& required,
               const std::vector<std::string>& targets = {"business"}) {
  const auto prepare = [&](const ShippedPlans& plans) {
    for (const auto& name : required) REQUIRE(plans.run(name, {"--quiet"}).status == 0);
  };
  const ShippedPlans unbroken(kind, targets);
  prepare(unbroken);
  const std::string before = unbroken.state();
  REQUIRE(unbroken.run(plan, {"--quiet"}, counting(unbroken.file("points"))).status == 0);
  const std::string after = unbroken.state();
  const std::size_t points = read_file(unbroken.file("points")).size();
  REQUIRE(unbroken.roll_back(plan, counting(unbroken.file("back_points"))).status == 0);
  const std::size_t back_points = read_file(unbroken.file("back_points")).size();
  REQUIRE(unbroken.state() == before);
  const std::size_t count = std::min(kill_points(kPoints), points - 1);
  for (std::size_t i = 1; i <= count; ++i) {
    const ShippedPlans killed(kind, targets);
    prepare(killed);
    INFO("killed at point " << points * i / (count + 1) << " of " << points);
    const ProcessResult first = killed.run(plan, {"--quiet"}, killing(points * i / (count + 1)));
    REQUIRE((first.status == -SIGKILL || first.status == 0));
    const ProcessResult resumed = killed.run(plan);
    INFO(resumed.out << resumed.err);
    REQUIRE(resumed.status == 0);
    REQUIRE(killed.state() == after);
    const std::size_t back_point = back_points * i / (count + 1) + 1;
    INFO("the rollback was killed at point " << back_point << " of " << back_points);
    const ProcessResult half = killed.roll_back(plan, killing(back_point));
    REQUIRE((half.status == -SIGKILL || half.status == 0));
    const ProcessResult whole = killed.roll_back(plan);
    INFO(whole.out << whole.err);
    REQUIRE(whole.status == 0);
    REQUIRE(killed.state() == before);
  }
}

}  // namespace

TEST_CASE("kill: epic7 and its rollback, SQLite", "[slow][kill]") {
  kill_plan(Kind::sqlite, "epic7", {});
}
TEST_CASE("kill: epic7 and its rollback, PostgreSQL", "[slow][kill][postgres]") {
  kill_plan(Kind::postgresql, "epic7", {});
}
TEST_CASE("kill: epic16 and its rollback, SQLite", "[slow][kill]") {
  kill_plan(Kind::sqlite, "epic16", {"epic7"});
}
TEST_CASE("kill: epic16 and its rollback, PostgreSQL", "[slow][kill][postgres]") {
  kill_plan(Kind::postgresql, "epic16", {"epic7"});
}
TEST_CASE("kill: epic10 and its rollback, SQLite", "[slow][kill]") {
  kill_plan(Kind::sqlite, "epic10", {}, {"business", "analytics", "core"});
}
TEST_CASE("kill: epic10 and its rollback, PostgreSQL", "[slow][kill][postgres]") {
  kill_plan(Kind::postgresql, "epic10", {}, {"business", "analytics", "core"});
}

}  // namespace plans_kill_test
