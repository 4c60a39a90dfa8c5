// What the ledger says of runs whose process is gone, and of a table that the run of another plan has made.
#include <csignal>

#include "support/migration.h"

namespace status_test {

using namespace planrun::test;

namespace {

const std::string kRows =
    "create table t(id integer primary key, v text);"
    "with recursive i(x) as (select 1 union all select x + 1 from i where x < 20000)"
    " insert into t select x, 'v' || x from i;";
const std::string kPlan = "[table.t]\nfrom = \"s.t\"\n";

void check_status_after_kill(Kind kind) {
  Migration m(kind, kRows, kPlan);
  REQUIRE(m.run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", "120"}}).status == -SIGKILL);
  const auto status = [&] { return run_planrun({"status", m.plan_file().string()}, m.state()).out; };
  REQUIRE(m.target("select state from " + m.ledger("run")) == "running");
  CHECK_THAT(status(), ContainsSubstring("no process is at it: the run's command goes on with it"));
  REQUIRE(m.run().status == 0);
  CHECK_THAT(status(), !ContainsSubstring("no process"));
}

void check_table_of_another_run(Kind kind) {
  Migration m(kind, "create table t(id integer primary key); insert into t values (1)", kPlan);
  REQUIRE(m.run().status == 0);
  const std::string run = m.target("select id from " + m.ledger("run"));
  std::string plan = read_file(m.plan_file());
  plan.replace(plan.find("test"), 4, "other");
  write_file(m.plan_file(), plan);
  const ProcessResult other = m.run();
  CHECK(other.status == 1);
  CHECK_THAT(other.err,
             ContainsSubstring("is in the way: run " + run + " of plan test, which is passed, made it"));
  CHECK(m.count("t") == "1");
}

}  // namespace

TEST_CASE("status says where no process is at a run, into SQLite") {
  check_status_after_kill(Kind::sqlite);
}
TEST_CASE("status says where no process is at a run, into PostgreSQL", "[postgres]") {
  check_status_after_kill(Kind::postgresql);
}
TEST_CASE("a table that another plan's run has made is told with its run, in SQLite") {
  check_table_of_another_run(Kind::sqlite);
}
TEST_CASE("a table that another plan's run has made is told with its run, in PostgreSQL", "[postgres]") {
  check_table_of_another_run(Kind::postgresql);
}

}  // namespace status_test
