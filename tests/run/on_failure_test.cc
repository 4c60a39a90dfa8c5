// What a plan says of its end and of other plans: on_failure = "rollback", requires.
#include "support/migration.h"
#include "support/target_state.h"

namespace on_failure_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table a(id integer primary key, v text); insert into a values (1,'x'),(2,'y');"
    "create table b(id integer primary key, n text); insert into b values (1,'1'),(2,'two');";
const std::string kTable = "[table.a]\nfrom = \"s.a\"\n";
const std::string kWrongCheck = "[check.rows]\nsql = \"select count(*) from a\"\nexpect = \"3\"\n";

void check_unproved(Kind kind) {
  Migration m(kind, kSource, kTable + kWrongCheck, "on_failure = \"rollback\"\n");
  const std::string before = target_state(m.target_url());
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.out, ContainsSubstring("check rows"));
  CHECK_THAT(r.out, ContainsSubstring("was rolled back"));
  CHECK(target_state(m.target_url()) == before);
  CHECK(m.target("select state from " + m.ledger("run")) == "rolled_back");
  m.write_plan(kTable, "on_failure = \"rollback\"\n");
  CHECK(m.run().status == 0);
  CHECK(m.count("a") == "2");
}

void check_failed(Kind kind) {
  Migration m(kind, kSource,
              kTable +
                  "[table.b]\nfrom = \"s.b\"\nafter = [\"a\"]\n[table.b.columns]\nid = \"int primary key\"\n"
                  "n = \"integer\"\n",
              "on_failure = \"rollback\"\n");
  const std::string before = target_state(m.target_url());
  const ProcessResult r = m.run({"--format", "json"});
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.out, ContainsSubstring("\"rolled_back\": true"));
  CHECK(target_state(m.target_url()) == before);
}

void check_stop(Kind kind) {
  Migration m(kind, kSource, kTable + kWrongCheck);
  CHECK(m.run().status == 3);
  CHECK(m.count("a") == "2");
}

void check_requires(Kind kind) {
  Migration m(kind, kSource, kTable);
  const auto second = m.plan_file().parent_path() / "second.toml";
  write_file(second,
             "[plan]\nname = \"second\"\nrequires = [\"test\"]\n[source.s]\nurl = \"sqlite:source.db\"\n"
             "[target.t]\nurl = \"" +
                 m.target_url() + "\"\n[table.b]\nfrom = \"s.b\"\n");
  const auto run_second = [&](std::vector<std::string> more = {}) {
    more.insert(more.begin(), second.string());
    return run_planrun(more, m.state());
  };
  const auto roll_back = [&](const std::string& plan, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"rollback", plan, "--yes"});
    return run_planrun(more, m.state());
  };
  const ProcessResult refused = run_second();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("requires a passed run of plan test: there is no run of it"));
  const ProcessResult preview = run_second({"--dry-run"});
  CHECK(preview.status == 1);
  CHECK_THAT(preview.out, ContainsSubstring("requires a passed run of plan test"));
  REQUIRE(m.run().status == 0);
  REQUIRE(run_second().status == 0);

  const ProcessResult needed = roll_back(m.plan_file().string());
  CHECK(needed.status == 1);
  CHECK_THAT(needed.err, ContainsSubstring("of plan second (passed) requires plan test"));
  CHECK(m.count("a") == "2");
  REQUIRE(roll_back(second.string()).status == 0);
  REQUIRE(roll_back(m.plan_file().string()).status == 0);
  const ProcessResult again = run_second();
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("is rolled_back"));

  REQUIRE(m.run().status == 0);
  REQUIRE(run_second().status == 0);
  const ProcessResult all_the_same = roll_back(m.plan_file().string(), {"--discard-later"});
  CHECK(all_the_same.status == 0);
  CHECK(m.count("b") == "2");
}

}  // namespace

TEST_CASE("on_failure: a failed check takes the run back, in SQLite", "[rollback]") {
  check_unproved(Kind::sqlite);
}
TEST_CASE("on_failure: a failed check takes the run back, in PostgreSQL", "[rollback][postgres]") {
  check_unproved(Kind::postgresql);
}
TEST_CASE("on_failure: a failed run is taken back, in SQLite", "[rollback]") {
  check_failed(Kind::sqlite);
}
TEST_CASE("on_failure: a failed run is taken back, in PostgreSQL", "[rollback][postgres]") {
  check_failed(Kind::postgresql);
}
TEST_CASE("on_failure: by default the rows stay", "[rollback]") {
  check_stop(Kind::sqlite);
}
TEST_CASE("requires: in SQLite", "[rollback]") {
  check_requires(Kind::sqlite);
}
TEST_CASE("requires: in PostgreSQL", "[rollback][postgres]") {
  check_requires(Kind::postgresql);
}

}  // namespace on_failure_test
