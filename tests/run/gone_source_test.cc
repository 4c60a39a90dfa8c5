// Old files go away after a migration: what its run has copied and written is enough.
#include <filesystem>

#include "support/migration.h"

namespace gone_source_test {

using namespace planrun::test;

namespace {

namespace fs = std::filesystem;

const std::string kSource =
    "create table t(id integer primary key, v text);"
    "with recursive i(x) as (select 1 union all select x + 1 from i where x < 2000) insert into t select x, "
    "'v' "
    "|| x from i;";
const std::string kPlan = "[table.t]\nfrom = \"s.t\"\n";

ProcessResult command(const Migration& m, const std::string& name,
                      const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{name, m.plan_file().string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_planrun(arguments, m.state());
}

void lose_source(const Migration& m, bool is_there) {
  fs::remove(m.source_file());
  if (is_there) write_file(m.source_file(), "no database any more");
}

void check_lost(Kind kind, bool is_there) {
  Migration m(kind, kSource, kPlan);
  const std::string before = target_state(m.target_url());
  REQUIRE(m.run().status == 0);
  lose_source(m, is_there);
  CHECK(command(m, "verify").status == 0);
  CHECK(command(m, "evidence", {"-o", (m.state() / "evidence.json").string()}).status == 0);
  CHECK_THAT(m.run().out, ContainsSubstring("already done"));
  const ProcessResult live = command(m, "verify", {"--from", "live"});
  CHECK(live.status == 1);
  CHECK_THAT(live.err, ContainsSubstring(m.source_file().string()));
  const ProcessResult rollback = m.rollback();
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  CHECK(target_state(m.target_url()) == before);
  // Now a new run would begin, which has nothing to read.
  const ProcessResult again = m.run();
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring(m.source_file().string()));
  CHECK(m.target("select count(*) from " + m.ledger("run")) == "1");
}

}  // namespace

TEST_CASE("a run is verified and taken back when its source file is gone, from SQLite into SQLite") {
  check_lost(Kind::sqlite, false);
}
TEST_CASE("a run is verified and taken back when its source file is no database, into SQLite") {
  check_lost(Kind::sqlite, true);
}
TEST_CASE("a run is verified and taken back when its source file is gone, into PostgreSQL", "[postgres]") {
  check_lost(Kind::postgresql, false);
}

TEST_CASE("a killed run goes on from its snapshot when the source file is gone, into SQLite") {
  Migration whole(Kind::sqlite, kSource, kPlan);
  const std::string points = (whole.state() / "points").string();
  fs::create_directories(whole.state());
  REQUIRE(whole.run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_COUNT_FILE", points}}).status ==
          0);
  Migration m(Kind::sqlite, kSource, kPlan);
  const std::string at = std::to_string(read_file(points).size() * 2 / 3);
  const ProcessResult killed = m.run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", at}});
  REQUIRE(killed.status == -9);
  REQUIRE(m.target("select state from planrun_run") == "running");
  lose_source(m, false);
  const ProcessResult again = m.run();
  INFO(again.out << again.err);
  CHECK(again.status == 0);
  CHECK(m.target("select count(*), sum(id), max(v) from t") == "2000|2001000|v999");
}

TEST_CASE("a source without a snapshot that is gone is named, and its run taken back, into SQLite") {
  Migration m(Kind::sqlite, kSource, kPlan);
  const std::string text = read_file(m.plan_file());
  const std::size_t url = text.find("\n[target");
  REQUIRE(url != std::string::npos);
  write_file(m.plan_file(), text.substr(0, url) + "snapshot = \"none\"\n" + text.substr(url));
  REQUIRE(m.run().status == 0);
  lose_source(m, false);
  const ProcessResult verify = command(m, "verify");
  CHECK(verify.status == 1);
  CHECK_THAT(verify.err, ContainsSubstring(m.source_file().string()));
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select count(*) from sqlite_schema where name = 't'") == "0");
}

}  // namespace gone_source_test
