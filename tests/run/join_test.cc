// Several processes on one run: what each may claim, and what the run then is.
#include <chrono>
#include <thread>

#include "support/migration.h"

namespace planrun::test {
namespace join_test {

constexpr int kTables = 12;

std::string many_tables() {
  std::string sql;
  for (int i = 1; i <= kTables; ++i) {
    const std::string name = "t" + std::to_string(i);
    sql += "create table " + name + "(id integer primary key, v text);";
    sql += "with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) insert into " +
           name + " select i, 'value ' || i from n;";
  }
  return sql;
}

std::string plan_of_many(const std::string& more = "") {
  std::string plan;
  for (int i = 1; i <= kTables; ++i)
    plan += "[table.t" + std::to_string(i) + "]\nfrom = \"s.t" + std::to_string(i) + "\"\n";
  return plan + more;
}

ProcessResult join(const Migration& m, const TempFolder& folder, const std::string& run) {
  return run_planrun({m.plan_file().string(), "--join", run}, folder.path());
}

TEST_CASE("a process joins a run, and each chunk is loaded once", "[join][postgres]") {
  Migration m(Kind::postgresql, many_tables(), plan_of_many());
  ProcessResult own;
  std::thread runs([&] { own = m.run({"-j", "1", "--rate", "500 rows/s"}); });
  const TempFolder elsewhere;
  const ProcessResult joined = join(m, elsewhere, "latest");
  runs.join();
  CHECK(joined.status == 0);
  CHECK_THAT(joined.out, Catch::Contains("all rows are loaded; the run's own process proves them"));
  CHECK(own.status == 0);
  CHECK_THAT(own.out, Catch::Contains("passed: 12 tables, 6,000 rows, read back and proved"));
  for (int i = 1; i <= kTables; ++i) {
    const std::string table = "t" + std::to_string(i);
    CHECK(m.target("select count(*), sum(id), min(v) from " + table) ==
          m.source("select count(*), sum(id), min(v) from " + table));
  }
  const std::string chunk = m.ledger("chunk");
  CHECK(m.target("select count(*) from " + chunk + " where worker > 1000") != "0");
  CHECK(m.target("select sum(rows_read) from " + chunk) == "6000");
  // Its files are the run's: it makes none.
  CHECK(std::filesystem::is_empty(elsewhere.path()));
}

TEST_CASE("a run is joined under its own plan only", "[join][postgres]") {
  Migration m(Kind::postgresql, many_tables(), plan_of_many());
  ProcessResult own;
  std::thread runs([&] { own = m.run({"-j", "1", "--rate", "1500 rows/s"}); });
  const TempFolder elsewhere;
  const std::string text = read_file(m.plan_file());
  write_file(m.plan_file().parent_path() / "other.toml",
             text + "[table.t1.columns]\nid = \"bigint primary key\"\nv = \"text not null\"\n");
  const ProcessResult joined = run_planrun(
      {(m.plan_file().parent_path() / "other.toml").string(), "--join", "latest"}, elsewhere.path());
  CHECK(joined.status == 1);
  CHECK_THAT(joined.err, Catch::Contains("this plan is not the one that run"));
  runs.join();
  CHECK(own.status == 0);
  const std::string run = m.target("select id from " + m.ledger("run"));
  const ProcessResult late = join(m, elsewhere, run);
  CHECK(late.status == 1);
  CHECK_THAT(late.err, Catch::Contains("run " + run + " is passed, not at work"));
  const ProcessResult unknown = join(m, elsewhere, "20200101T000000Z-0000");
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, Catch::Contains("has no run 20200101T000000Z-0000"));
}

TEST_CASE("a joined process ends with an error where the run goes on under another plan",
          "[join][postgres]") {
  Migration m(Kind::postgresql, many_tables(), plan_of_many());
  ProcessResult own;
  std::thread runs([&] { own = m.run({"-j", "1", "--rate", "800 rows/s"}); });
  const TempFolder elsewhere;
  ProcessResult joined;
  std::thread joins([&] {
    joined =
        run_planrun({m.plan_file().string(), "--join", "latest", "--rate", "1 rows/s"}, elsewhere.path());
  });
  std::this_thread::sleep_for(std::chrono::seconds(3));
  m.target("update " + m.ledger("run") + " set fingerprint = 'another'");
  joins.join();
  runs.join();
  CHECK(joined.status == 1);
  CHECK_THAT(joined.err, Catch::Contains("goes on under another plan now"));
  CHECK(own.status == 0);
}

TEST_CASE("what cannot be shared is refused by name", "[join]") {
  Migration m(Kind::sqlite, "create table t(id integer primary key)", "[table.t]\nfrom = \"s.t\"\n");
  CHECK(m.run().status == 0);
  const TempFolder elsewhere;
  const ProcessResult joined = join(m, elsewhere, "latest");
  CHECK(joined.status == 1);
  CHECK_THAT(joined.err, Catch::Contains("is written by one connection"));
  CHECK_THAT(run_planrun({"--dry-run", m.plan_file().string(), "--join", "latest"}, elsewhere.path()).err,
             Catch::Contains("--join goes with a run at work alone"));
}

TEST_CASE("a process joins a run of several targets in one after the other", "[join][postgres]") {
  Migration m(Kind::postgresql, many_tables(), "");
  const TempPostgres other;
  std::string plan =
      "[target.other]\nurl = \"" + other.url() + "\"\n[target.file]\nurl = \"sqlite:file.db\"\n";
  for (int i = 1; i <= kTables; ++i) {
    const std::string name = "t" + std::to_string(i);
    plan += "[table." + name + "]\nfrom = \"s." + name + "\"\n";
    plan += i <= 4 ? "target = \"t\"\n" : i == kTables ? "target = \"file\"\n" : "target = \"other\"\n";
  }
  m.write_plan(plan);
  ProcessResult own;
  std::thread runs([&] { own = m.run({"-j", "1", "--rate", "500 rows/s"}); });
  const TempFolder elsewhere;
  const ProcessResult joined = join(m, elsewhere, "latest");
  runs.join();
  INFO(own.out << own.err << joined.out << joined.err);
  CHECK(joined.status == 0);
  CHECK(own.status == 0);
  const std::string by_joined = "select count(*) > 0 from planrun.chunk where worker > 1000";
  CHECK(m.target(by_joined) == "t");
  CHECK(other.psql(by_joined) == "t");
  const std::string rows = "select sum(rows_read) from planrun.chunk";
  CHECK(m.target(rows) == "2000");
  CHECK(other.psql(rows) == "3500");
  CHECK(other.psql("select count(*), sum(id), min(v) from t5") ==
        m.source("select count(*), sum(id), min(v) from t5"));
}

TEST_CASE("a run with nothing to share says so", "[join][postgres]") {
  Migration m(Kind::postgresql, many_tables(),
              plan_of_many("[guard.g]\nsql = \"select count(*) from pg_database where false\"\n"));
  ProcessResult own;
  std::thread runs([&] { own = m.run({"-j", "1", "--rate", "3000 rows/s"}); });
  const TempFolder elsewhere;
  const ProcessResult joined = join(m, elsewhere, "latest");
  runs.join();
  CHECK(own.status == 0);
  CHECK(joined.status == 1);
  CHECK_THAT(joined.err, Catch::Contains("can be shared"));
}

}  // namespace join_test
}  // namespace planrun::test
