// [throttle] and rates: what they take, and what is said of anything else.
#include "plan/rate.h"
#include "plan/read_plan.h"
#include "support/support.h"

namespace planrun::test {
namespace throttle_test {

constexpr const char* kRest =
    "[plan]\nname = \"p\"\n[source.s]\nurl = \"sqlite:s.db\"\n[target.t]\nurl = \"sqlite:t.db\"\n"
    "[table.a]\nfrom = \"s.a\"\n";

ReadPlanResult read(const std::string& throttle) {
  const TempFolder folder;
  write_file(folder / "plan.toml", "[throttle]\n" + throttle + "\n" + kRest);
  return read_plan(folder / "plan.toml", {});
}

std::string first_error(const std::string& throttle) {
  const auto result = read(throttle);
  REQUIRE(result.diagnostics.has_errors());
  const Diagnostic& error = result.diagnostics.list.front();
  return std::to_string(error.position.line) + ":" + std::to_string(error.position.column) + ": " +
         error.message;
}

TEST_CASE("a rate is rows or bytes a second", "[throttle]") {
  CHECK(parse_rate("50000")->rows_per_second == 50'000);
  CHECK(parse_rate("2.5 rows/s")->rows_per_second == 2.5);
  CHECK(parse_rate("512kB/s")->bytes_per_second == 512'000);
  CHECK(parse_rate("20 MB/s")->bytes_per_second == 20'000'000);
  CHECK(parse_rate("1 GB")->bytes_per_second == 1'000'000'000);
  CHECK(parse_rate("20 MB/s")->rows_per_second == 0);
  for (const auto* wrong : {"", "fast", "0", "-5", "inf", "nan", "5 MiB/s", "5 rows/h", "5 / s", "1e999"})
    CHECK_FALSE(parse_rate(wrong));
}

TEST_CASE("a throttle says a rate and what holds the run", "[throttle]") {
  const auto result = read(
      "rate = \"20 MB/s\"\nactive_sessions = 12\nreplication_lag = \"10s\"\nsql = \"select 1\"\nabove = 3");
  REQUIRE_FALSE(result.diagnostics.has_errors());
  const PlanThrottle& throttle = *result.plan.throttle;
  CHECK(throttle.rate.bytes_per_second == 20'000'000);
  CHECK(throttle.active_sessions == 12);
  CHECK(throttle.replication_lag_seconds == 10);
  CHECK(throttle.sql.text("sqlite") == "select 1");
  CHECK(throttle.above == 3);
}

TEST_CASE("what a throttle does not take is named with its place", "[throttle]") {
  CHECK(first_error("rate = \"fast\"") == "2:8: 'fast' is no rate");
  CHECK(first_error("replication_lag = \"10\"") == "2:19: '10' is no duration");
  CHECK(first_error("sql = \"select 1\"") == "1:2: [throttle] has `sql` and no `above`");
  CHECK(first_error("above = 1") == "1:2: [throttle] has `above` and no `sql`");
  CHECK_THAT(first_error("speed = 1"), Catch::Contains("unknown key `speed`"));
  CHECK_THAT(first_error("sql = \"delete from a\"\nabove = 1"), Catch::StartsWith("2:"));
}

}  // namespace throttle_test
}  // namespace planrun::test
