// What the server still does for a process that was killed.
#include <chrono>
#include <csignal>
#include <thread>

#include "support/migration.h"

namespace killed_backend_test {

using namespace planrun::test;

namespace {

template <typename Ask>
bool comes_true(const Ask& ask, std::chrono::milliseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!ask()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace

TEST_CASE("a query of a killed process ends at once, not when it has its answer", "[postgres]") {
  Migration m(Kind::postgresql, "create table t(id integer primary key); insert into t values (1)",
              "[table.t]\nfrom = \"s.t\"\n[check.slow]\nsql = \"select 1 from pg_sleep(60)\"\nexpect = 1\n");
  const auto is_asking = [&] {
    return m.target(
               "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() "
               "and query like '%pg_sleep(60)%' and query not like 'EXPLAIN%'") == "1";
  };
  ProcessResult result;
  std::thread runs([&] { result = m.run(); });
  const bool asked = comes_true(is_asking, std::chrono::seconds(30));
  const std::string process = asked ? m.target("select process from " + m.ledger("run")) : "";
  if (asked) kill(std::stoi(process), SIGKILL);
  runs.join();
  INFO(result.out << result.err);
  REQUIRE(asked);
  CHECK(result.status == -SIGKILL);
  CHECK(comes_true([&] { return !is_asking(); }, std::chrono::seconds(5)));
}

}  // namespace killed_backend_test
