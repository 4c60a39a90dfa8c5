// A run at work is held and let go: through the ledger, by its target's own figures.
#include <chrono>
#include <regex>
#include <thread>

#include "base/error.h"
#include "cli/databases.h"
#include "run/throttle.h"
#include "support/migration.h"

namespace planrun::test {
namespace pause_test {

constexpr const char* kRows =
    "create table t(id integer primary key, v text);"
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 4000)"
    " insert into t select i, 'value ' || i from n";

// Answers within the time that a run may take, or the test fails.
template <typename Ask>
bool comes_true(const Ask& ask) {
  for (int i = 0; i < 600; ++i) {
    if (ask()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

std::string rows_so_far(const Migration& m) {
  return m.target("select coalesce(sum(rows_read), 0) from " + m.ledger("chunk") + " where state = 'done'");
}

void pause_and_continue(Kind kind) {
  Migration m(kind, kRows, "[table.t]\nfrom = \"s.t\"\n");
  const std::string plan = m.plan_file().string();
  ProcessResult result;
  std::thread runs([&] { result = m.run({"--rate", "800 rows/s"}); });
  // Nothing is asked of a run before it is there.
  ProcessResult pause;
  const bool paused = comes_true([&] {
    pause = run_planrun({"pause", plan}, m.state());
    return pause.status == 0;
  });
  CHECK(paused);
  CHECK_THAT(pause.out, Catch::Contains("is paused"));
  // What was under way when it was asked ends within a moment.
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const std::string held = rows_so_far(m);
  const ProcessResult status = run_planrun({"status", plan}, m.state());
  std::this_thread::sleep_for(std::chrono::seconds(1));
  CHECK(rows_so_far(m) == held);
  CHECK(std::stoi(held) < 4000);
  CHECK_THAT(status.out, Catch::Contains("paused since"));
  CHECK_THAT(status.out, !Catch::Contains("no process"));
  CHECK(run_planrun({"continue", plan}, m.state()).status == 0);
  runs.join();
  CHECK(result.status == 0);
  CHECK_THAT(result.err, Catch::Contains("the run is held: it is paused by"));
  CHECK_THAT(result.err, Catch::Contains("the run goes on, after"));
  CHECK(m.count("t") == "4000");
  CHECK_THAT(run_planrun({"continue", plan}, m.state()).err, Catch::Contains("is not paused"));
  CHECK_THAT(run_planrun({"pause", plan}, m.state()).err, Catch::Contains("there is nothing to pause"));
}

TEST_CASE("a run is paused and goes on through the ledger, into SQLite", "[pause]") {
  pause_and_continue(Kind::sqlite);
}

TEST_CASE("a run is paused and goes on through the ledger, into PostgreSQL", "[pause][postgres]") {
  pause_and_continue(Kind::postgresql);
}

TEST_CASE("a query of the plan holds a run until it answers less", "[throttle]") {
  Migration m(Kind::sqlite, kRows,
              "[table.t]\nfrom = \"s.t\"\n[throttle]\nsql = \"select count(*) from busy\"\nabove = 1\n");
  sqlite3(m.target_file(), "create table busy(x); insert into busy values (1), (2)");
  ProcessResult result;
  std::thread runs([&] { result = m.run({"--rate", "4000 rows/s"}); });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  CHECK(sqlite3(m.target_file(), "delete from busy").empty());
  std::this_thread::sleep_for(std::chrono::seconds(2));
  runs.join();
  CHECK_THAT(result.err, Catch::Contains("the run is held: sql of [throttle] is above 1: 2"));
  CHECK_THAT(result.err, Catch::Contains("the run goes on, after"));
}

TEST_CASE("a throttle that cannot be measured is told before anything is written", "[throttle]") {
  Migration m(Kind::sqlite, kRows,
              "[table.t]\nfrom = \"s.t\"\n[throttle]\nsql = \"select 'many'\"\nabove = 1\n");
  const ProcessResult result = m.run();
  CHECK(result.status == 1);
  CHECK_THAT(result.err, Catch::Contains("sql of [throttle] answers 'many', which is no number"));
  CHECK_FALSE(std::filesystem::exists(m.target_file()));

  m.write_plan("[table.t]\nfrom = \"s.t\"\n[throttle]\nsql = \"select count(*) from nowhere\"\nabove = 1\n");
  const ProcessResult preview = m.dry_run();
  CHECK(preview.status != 0);
  CHECK_THAT(preview.out + preview.err, Catch::Contains("sql of [throttle]: ") && Catch::Contains("nowhere"));
  CHECK_FALSE(std::filesystem::exists(m.target_file()));
}

void seen_after_removed(TargetDatabase& target) {
  const auto pauses = target.open_pause_ledger(true);
  pauses->write({"r1", "anna", 5, 0});
  pauses->mark_seen("r1", 7);
  CHECK(pauses->find("r1")->seen_at == 7);
  CHECK(pauses->remove("r1"));
  pauses->mark_seen("r1", 9);  // a second process of the run, which had read it before
  CHECK_FALSE(pauses->find("r1").has_value());
  CHECK_FALSE(pauses->remove("r1"));
}

TEST_CASE("a pause that was taken back does not come again, in SQLite", "[pause]") {
  const TempFolder folder;
  PlanTarget named;
  named.url = "sqlite:" + (folder / "t.db").string();
  named.dialect = "sqlite";
  seen_after_removed(*open_target(named));
}

TEST_CASE("a pause that was taken back does not come again, in PostgreSQL", "[pause][postgres]") {
  const TempPostgres postgres;
  PlanTarget named;
  named.url = postgres.url();
  named.dialect = "postgresql";
  seen_after_removed(*open_target(named));
}

TEST_CASE("sessions of others at work hold a run", "[throttle][postgres]") {
  const TempPostgres postgres;
  PlanTarget named;
  named.name = "t";
  named.url = postgres.url();
  named.dialect = "postgresql";
  const auto target = open_target(named);
  const auto connection = target->connect("", 0);
  PlanThrottle throttle;
  throttle.active_sessions = 0;
  const bool may_see = postgres.psql("select pg_has_role('pg_read_all_stats', 'usage')") == "t";
  if (!may_see) {
    CHECK_THROWS_WITH(why_held(throttle, target->dialect(), *connection),
                      Catch::Contains("active_sessions of [throttle] cannot be seen by this role"));
    throttle.active_sessions.reset();
    throttle.replication_lag_seconds = 1;
    CHECK_THROWS_WITH(why_held(throttle, target->dialect(), *connection), Catch::Contains("replication_lag"));
    return;
  }
  std::thread other([&] { postgres.psql("select pg_sleep(3)"); });
  CHECK(comes_true([&] {
    return std::regex_match(why_held(throttle, target->dialect(), *connection),
                            std::regex("active_sessions is above 0: [1-9][0-9]*"));
  }));
  other.join();
}

}  // namespace pause_test
}  // namespace planrun::test
