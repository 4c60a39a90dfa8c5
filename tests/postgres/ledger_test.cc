// The ledger: made once, refused by name, held by one.
#include <atomic>
#include <thread>

#include "postgres/fixture.h"

namespace planrun::test::ledger_test {
namespace {

RunRecord run_record(const std::string& id, const std::string& plan, RunState state, std::int64_t started) {
  return {id, plan, state, "f", "{}", "{}", "plan", "{}", "", "0.1", "host", 42, started, started, 0};
}

TEST_CASE("an absent ledger reads as an empty one, and many may make it at once", "[server][postgres]") {
  TempPostgres postgres;
  const auto database = open_postgres_target({postgres.url(), "shown", "public", "log \"book\""});
  const auto before = database->open_ledger(false);
  CHECK(before->runs("ora").empty());
  CHECK(before->chunks(kRun).empty());
  CHECK(postgres.psql("select count(*) from pg_namespace where nspname = 'log \"book\"'") == "0");
  std::vector<std::thread> makers;
  std::atomic<int> made{0};
  for (int i = 0; i < 6; ++i) {
    makers.emplace_back([&] {
      if (database->open_ledger(true)) ++made;
    });
  }
  for (auto& maker : makers) maker.join();
  CHECK(made == 6);
  CHECK(postgres.psql("select count(*), max(version) from \"log \"\"book\"\"\".version") == "1|4");
  CHECK(before->runs("ora").empty());
}

TEST_CASE("a ledger of another version is refused by name", "[server][postgres]") {
  PostgresFixture fixture;
  fixture.psql("update planrun.version set version = 9");
  const auto failure = failure_of_work([&] { fixture.database->open_ledger(true); });
  REQUIRE(failure.error);
  CHECK(failure.error->code() == ErrorCode::refused);
  CHECK_THAT(failure.message(), ContainsSubstring("version 9"));
}

TEST_CASE("what is written is read again", "[server][postgres]") {
  PostgresFixture fixture;
  RunRecord run = run_record(kRun, "ora", RunState::running, 5);
  const StepRecord steps[] = {{"z", "create", "t", {}, 0, ""},
                              {"a \"q\",{}\\", "index", "t", {}, 0, "", 0, 0, {"z", "\"{,"}}};
  fixture.ledger->write_run(run, steps);
  run.state = RunState::failed;
  run.summary = "{\"x\": 1}";
  run.finished_at = 9;
  run.plan_text = "[plan]\nname = \"ü\"\n";
  run.scripts = "{\"transforms/a.lua\": {}}";
  fixture.ledger->write_run(run, steps);
  fixture.ledger->write_step(kRun, {"z", "create", "t", StepState::done, 1.5, "fine", 1700000000000001, 3});
  fixture.ledger->write_checks(kRun, std::vector<CheckRecord>{{"c", "critical", "passed", "1", "1", "", 77}});
  fixture.ledger->write_checks(kRun, std::vector<CheckRecord>{{"c", "critical", "passed", "1", "1", "", 77}});
  const auto runs = fixture.ledger->runs("ora");
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].state == RunState::failed);
  CHECK(runs[0].summary == run.summary);
  CHECK(runs[0].plan_text == run.plan_text);
  CHECK(runs[0].scripts == run.scripts);
  CHECK(runs[0].process == 42);
  CHECK(runs[0].finished_at == 9);
  const auto read = fixture.ledger->steps(kRun);
  REQUIRE(read.size() == 2);
  CHECK(read[0].id == "z");
  CHECK(read[0].state == StepState::done);
  CHECK(read[0].seconds == 1.5);
  CHECK(read[0].started_at == 1700000000000001);
  CHECK(read[0].worker == 3);
  CHECK(read[1].needs == std::vector<std::string>{"z", "\"{,"});
  CHECK(read[1].id == steps[1].id);
  CHECK(read[1].state == StepState::pending);
  CHECK(fixture.ledger->checks(kRun).size() == 1);
  CHECK(fixture.ledger->runs("other").empty());
}

TEST_CASE("a second run is refused, naming who holds the lock", "[server][postgres]") {
  PostgresFixture fixture;
  const std::vector<std::string> tables = {"shipped"};
  fixture.ledger->lock("ora", tables);
  fixture.ledger->write_run(run_record(kRun, "ora", RunState::running, 5), {});
  const std::string pid = fixture.psql(
      "select pid from pg_stat_activity where datname = current_database() and "
      "application_name = 'planrun ora ledger'");
  auto second = fixture.database->open_ledger(true);
  for (const auto& [plan, list] : {std::pair{"ora", std::vector<std::string>{}}, {"other", tables}}) {
    const auto failure = failure_of_work([&, &plan = plan, &list = list] { second->lock(plan, list); });
    REQUIRE(failure.error);
    CHECK(failure.error->code() == ErrorCode::refused);
    CHECK_THAT(failure.message(), ContainsSubstring("planrun ora ledger") && ContainsSubstring("pid " + pid));
    if (plan == std::string("ora")) CHECK_THAT(failure.message(), ContainsSubstring(kRun));
  }
  CHECK_NOTHROW(second->lock("other", std::vector<std::string>{"elsewhere"}));
  fixture.ledger.reset();
  CHECK_NOTHROW(second->lock("ora", tables));
}

TEST_CASE("a plan of thousands of tables locks their schema, and finds room", "[server][postgres]") {
  PostgresFixture fixture;
  std::vector<std::string> tables;
  for (int i = 0; i < 20'000; ++i) tables.push_back("t" + std::to_string(i));
  fixture.ledger->lock("many", tables);
  auto second = fixture.database->open_ledger(true);
  const auto failure = failure_of_work([&] { second->lock("few", std::vector<std::string>{"elsewhere"}); });
  REQUIRE(failure.error);
  CHECK(failure.error->code() == ErrorCode::refused);
  CHECK_THAT(failure.message(),
             ContainsSubstring("schema public") && ContainsSubstring("planrun many ledger"));
  fixture.ledger.reset();
  second->lock("few", std::vector<std::string>{"elsewhere"});
  auto third = fixture.database->open_ledger(true);
  CHECK_NOTHROW(third->lock("other", std::vector<std::string>{"t1"}));
  const auto many = fixture.database->open_ledger(true);
  const auto refused = failure_of_work([&] { many->lock("many", tables); });
  REQUIRE(refused.error);
  CHECK_THAT(refused.message(), ContainsSubstring("plan many has more than 500 tables"));
}

TEST_CASE("a table of another plan's unfinished run is refused", "[server][postgres]") {
  PostgresFixture fixture;
  const std::vector<std::string> tables = {"shipped"};
  const StepRecord step[] = {{"create shipped", "create", "shipped", {}, 0, ""}};
  for (const RunState state :
       {RunState::running, RunState::interrupted, RunState::failed, RunState::unproved}) {
    fixture.ledger->write_run(run_record("r1", "epic7", state, 5), step);
    const auto failure = failure_of_work([&] { fixture.ledger->lock("ora", tables); });
    REQUIRE(failure.error);
    CHECK(failure.error->code() == ErrorCode::refused);
    CHECK_THAT(failure.message(),
               ContainsSubstring("shipped") && ContainsSubstring("r1") && ContainsSubstring("epic7"));
    CHECK_NOTHROW(fixture.ledger->lock("epic7", tables));
  }
  for (const RunState state : {RunState::passed, RunState::rolled_back}) {
    fixture.ledger->write_run(run_record("r1", "epic7", state, 5), step);
    CHECK_NOTHROW(fixture.database->open_ledger(true)->runs("epic7"));
    CHECK_NOTHROW(fixture.ledger->lock("ora", tables));
  }
}

TEST_CASE("the ledger comes back after a lost connection, unless somebody took its lock",
          "[server][postgres]") {
  PostgresFixture fixture;
  fixture.ledger->lock("ora", std::vector<std::string>{"t"});
  const std::string kill =
      "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
      " and application_name = 'planrun ora ledger'";
  CHECK(fixture.psql(kill) == "1");
  CHECK_NOTHROW(fixture.ledger->write_run(run_record(kRun, "ora", RunState::running, 5), {}));
  CHECK(fixture.ledger->runs("ora").size() == 1);
  auto thief = fixture.database->open_ledger(true);
  CHECK_THROWS_AS(thief->lock("ora", std::vector<std::string>{}), Error);
  CHECK(fixture.psql(kill) == "1");
  thief->lock("ora", std::vector<std::string>{});
  const auto failure = failure_of_work([&] {
    fixture.ledger->write_step(kRun, {"z", "create", "t", StepState::done, 1.5, "fine"});
  });
  REQUIRE(failure.error);
  CHECK(failure.error->code() == ErrorCode::refused);
  CHECK(fixture.psql("select count(*) from planrun.step") == "0");
  // Nor is its last word written, which would set the state of the run that the other one goes on with.
  const auto last = failure_of_work(
      [&] { fixture.ledger->write_run(run_record(kRun, "ora", RunState::interrupted, 6), {}); });
  CHECK(last.error);
  CHECK(fixture.psql("select state from planrun.run") == "running");
}

TEST_CASE("a missing privilege for the ledger is named with its GRANT", "[server][postgres]") {
  TempPostgres postgres;
  const std::string name = postgres.psql("select current_database()");
  postgres.psql("revoke create on database " + name + " from current_user");
  const auto database = open_postgres_target({postgres.url(), "shown", "public", "planrun"});
  const auto failure = failure_of_work([&] { database->open_ledger(true); });
  REQUIRE(failure.error);
  CHECK_THAT(failure.error->hint(), ContainsSubstring("GRANT CREATE ON DATABASE \"" + name + "\" TO "));
}

}  // namespace
}  // namespace planrun::test::ledger_test
