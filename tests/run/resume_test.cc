// An interrupted run goes on; a run that must not go on is refused by name.
#include <chrono>
#include <csignal>
#include <thread>

#include "support/migration.h"

namespace resume_test {

using namespace planrun::test;

namespace {

std::string rows(int count) {
  return "create table t(id integer primary key, v text, n integer);"
         "with recursive i(x) as (select 1 union all select x+1 from i where x<" +
         std::to_string(count) + ") insert into t select x, 'row number ' || x, x % 97 from i;";
}

// Long enough to be interrupted in the middle.
const std::string kMany = rows(1'500'000);

std::string plan_of(const std::string& v, const std::string& keys = "") {
  return "[table.t]\nfrom = \"s.t\"\n" + keys + "[table.t.columns]\nid = \"bigint primary key\"\nv = \"" + v +
         "\"\nn = \"integer\"\n[table.t.index]\nt_n = \"(n)\"\n";
}

/// A run that gets SIGINT in the middle of its rows.
ProcessResult interrupted(Migration& m) {
  return m.run({}, {{"LD_PRELOAD", PLANRUN_KILL_PRELOAD},
                    {"PLANRUN_KILL_AT", "120"},
                    {"PLANRUN_KILL_SIGNAL", std::to_string(SIGINT)}});
}

void check_interrupt(Kind kind) {
  Migration m(kind, kMany, plan_of("text"));
  const ProcessResult r = interrupted(m);
  INFO(r.out << r.err);
  REQUIRE(r.status == 4);
  CHECK_THAT(r.out + r.err, ContainsSubstring("same command"));
  const ProcessResult again = m.run();
  INFO(again.out << again.err);
  CHECK(again.status == 0);
  CHECK(m.target("select count(*), count(distinct id), sum(n) from t") ==
        m.source("select count(*), count(distinct id), sum(n) from t"));
  CHECK(m.target("select count(*) from " + m.ledger("run")) == "1");
}

}  // namespace

TEST_CASE("Ctrl-C ends with 4, and the same command goes on, into SQLite", "[long]") {
  check_interrupt(Kind::sqlite);
}
TEST_CASE("Ctrl-C ends with 4, and the same command goes on, into PostgreSQL", "[postgres]") {
  check_interrupt(Kind::postgresql);
}

TEST_CASE("a passed run is not run again") {
  Migration m(Kind::sqlite,
              "create table t(id integer primary key, v text, n int); insert into t values (1,'a',1);",
              plan_of("text"));
  REQUIRE(m.run().status == 0);
  const std::string before = read_file(m.target_file());
  const ProcessResult again = m.run();
  CHECK(again.status == 0);
  CHECK_THAT(again.out, ContainsSubstring("already done"));
  CHECK(read_file(m.target_file()) == before);
}

namespace {

/// A plan that says more than the run which has passed: neither that run nor its target is written into.
void check_plan_after_passed(Kind kind, const std::string& more, const std::string& told) {
  Migration m(kind,
              "create table t(id integer primary key, v text, n int); insert into t values (1,'a',1);"
              "create table u(id integer primary key); insert into u values (5);",
              plan_of("text"));
  REQUIRE(m.run().status == 0);
  const std::string asked = "select id, state, fingerprint, updated_at, summary from " + m.ledger("run");
  const std::string before = m.target(asked);
  m.write_plan(plan_of("text") + more);
  const ProcessResult preview = m.run({"--dry-run"});
  INFO(preview.out << preview.err);
  CHECK(preview.status == 1);
  CHECK_THAT(preview.out, ContainsSubstring("has passed, and the plan has changed since: " + told));
  CHECK_THAT(preview.out, !ContainsSubstring("would write nothing"));
  const ProcessResult again = m.run();
  INFO(again.out << again.err);
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("has passed, and the plan has changed since: " + told));
  CHECK_THAT(again.err, ContainsSubstring("`requires`"));
  CHECK(m.target(asked) == before);
  CHECK(m.target("select v from t") == "a");

  m.write_plan(plan_of("text"));
  CHECK_THAT(m.run({"--dry-run"}).out, ContainsSubstring("has passed: running the plan would write nothing"));
  CHECK(m.run().status == 0);
}

void check_plans_after_passed(Kind kind) {
  check_plan_after_passed(kind, "[table.u]\nfrom = \"s.u\"\n", "table u: the table is new");
  check_plan_after_passed(
      kind,
      "[[sql]]\nname = \"q\"\nat = \"after_load\"\nsql = \"update t set v = 'b'\"\nundo = \"select 1\"\n",
      "the plan: sql q is new");
  check_plan_after_passed(kind, "[check.c]\nsql = \"select count(*) from t\"\nexpect = 7\n",
                          "the plan: check c is new");
}

}  // namespace

TEST_CASE("a changed plan does not write into a run that has passed, in SQLite") {
  check_plans_after_passed(Kind::sqlite);
}
TEST_CASE("a changed plan does not write into a run that has passed, in PostgreSQL", "[postgres]") {
  check_plans_after_passed(Kind::postgresql);
}

TEST_CASE("a passed run whose table is gone does not count as done", "[postgres]") {
  Migration m(Kind::postgresql,
              "create table t(id integer primary key, v text, n int); insert into t values (1,'a',1);",
              plan_of("text"));
  REQUIRE(m.run().status == 0);
  m.target("drop table t");
  const ProcessResult again = m.run();
  CHECK(again.status == 1);
  CHECK_THAT(again.err, ContainsSubstring("t cannot be read any more"));
}

namespace {

// A value in row 650,000 that the first plan rejects: what was committed before stays.
void check_mended_plan(Kind kind) {
  Migration m(
      kind,
      rows(700'000) + "update t set v = ' 650000' where id = 650000; update t set n = '' where id = 650000;",
      plan_of("text"));
  const ProcessResult r = m.run({"-j", "1"});
  INFO(r.out << r.err);
  REQUIRE(r.status == 1);
  CHECK_THAT(r.out, ContainsSubstring("s.t key 650000, column n"));
  const std::string done = m.target("select count(*) from " + m.ledger("chunk") + " where state = 'done'");
  CHECK(done != "0");

  // A column that is in the target already cannot be another one.
  m.write_plan(plan_of("varchar(20)"));
  const ProcessResult refused = m.run();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("the plan has changed"));
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("varchar(20)"));

  // Another value for rows that are committed already is refused as well.
  std::string shifted = plan_of("text");
  shifted.replace(shifted.find("n = \"integer\""), 13,
                  "n = { type = \"integer\", expr = \"nullif(n, '') + 1\" }");
  m.write_plan(shifted);
  const ProcessResult other = m.run();
  CHECK(other.status == 1);
  CHECK_THAT(other.out + other.err, ContainsSubstring("other rows than those committed"));

  std::string mended = plan_of("text");
  mended.replace(mended.find("n = \"integer\""), 13, "n = { type = \"integer\", using = \"empty_as_null\" }");
  m.write_plan(mended);
  const ProcessResult goes_on = m.run();
  INFO(goes_on.out << goes_on.err);
  CHECK(goes_on.status == 0);
  CHECK_THAT(goes_on.err, ContainsSubstring("hashed again"));
  CHECK(m.target("select count(*), count(n) from t") == "700000|699999");
}

}  // namespace

TEST_CASE("a mended plan goes on where what is committed agrees, into SQLite", "[long]") {
  check_mended_plan(Kind::sqlite);
}
TEST_CASE("a mended plan goes on where what is committed agrees, into PostgreSQL", "[postgres]") {
  check_mended_plan(Kind::postgresql);
}

namespace {

// Rows that were written into a table that exists under one plan are not proved under another.
void check_other_rows(Kind kind) {
  const auto plan = [](const std::string& expr, const std::string& late) {
    return "[table.t]\nfrom = \"s.t\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\nignore = [\"n\"]\n"
           "[table.t.columns]\nid = { from = \"id\" }\nv = { expr = \"" +
           expr + "\" }\n[[sql]]\nname = \"late\"\nat = \"end\"\nsql = \"" + late +
           "\"\nundo = \"select 1\"\n";
  };
  Migration m(kind, rows(50), plan("v", "select nothing_of_the_kind"));
  m.target("create table t(id integer primary key, v text)");
  m.target("insert into t values (1, 'old')");
  REQUIRE(m.run().status == 1);
  REQUIRE(m.target("select v from t where id = 2") == "row number 2");
  m.write_plan(plan("v || '!'", "select 1"));
  const ProcessResult refused = m.run();
  INFO(refused.out << refused.err);
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("would give other rows than those committed"));
  std::string meets_otherwise = plan("v", "select 1");
  meets_otherwise.replace(meets_otherwise.find("upsert"), 6, "insert_missing");
  m.write_plan(meets_otherwise);
  const ProcessResult otherwise = m.run();
  INFO(otherwise.out << otherwise.err);
  CHECK(otherwise.status == 1);
  CHECK_THAT(otherwise.err, ContainsSubstring("would meet rows of the target in another way"));
  m.write_plan(plan("v || ''", "select 1"));
  CHECK(m.run().status == 0);
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select id, v from t") == "1|old");
}

}  // namespace

TEST_CASE("a mended plan gives the rows that are committed in a table that exists, into SQLite") {
  check_other_rows(Kind::sqlite);
}
TEST_CASE("a mended plan gives the rows that are committed in a table that exists, into PostgreSQL",
          "[postgres]") {
  check_other_rows(Kind::postgresql);
}

TEST_CASE("a file that may not grow fails the run by name, and the same command goes on, into SQLite") {
  Migration m(Kind::sqlite, rows(20'000), "[table.t]\nfrom = \"s.t\"\n");
  // In units of 1 KiB: the snapshot fits, and the target does not.
  const std::string limit = std::to_string(std::filesystem::file_size(m.source_file()) / 1024 + 8);
  m.target("create table filler(x); insert into filler values (zeroblob(" +
           std::to_string(std::filesystem::file_size(m.source_file()) - 100'000) + "))");
  const ProcessResult full = run_process(
      {"bash", "-c", "ulimit -f " + limit + "; exec \"$0\" \"$1\"", PLANRUN_BINARY, m.plan_file().string()},
      {{"XDG_STATE_HOME", m.state().string()}});
  INFO(full.out << full.err);
  CHECK(full.status == 1);
  CHECK_THAT(full.out + full.err, ContainsSubstring(m.target_file().string()));
  CHECK(m.run().status == 0);
  CHECK(m.target("select count(*), sum(n) from t") == m.source("select count(*), sum(n) from t"));
}

TEST_CASE("a changed snapshot is refused by name", "[postgres]") {
  Migration m(Kind::postgresql, kMany, plan_of("text"));
  REQUIRE(interrupted(m).status == 4);
  const std::string file = run_process({"find", m.state().string(), "-name", "s.db"}).out;
  REQUIRE(!file.empty());
  sqlite3(file.substr(0, file.size() - 1), "update t set v = 'other' where id = 699999");
  const ProcessResult r = m.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("s.db has changed"));
}

TEST_CASE("a second run beside the first is refused by name", "[postgres]") {
  Migration m(Kind::postgresql, rows(60'000), plan_of("text"));
  std::thread first([&] { m.run({"-j", "1", "--rate", "8000 rows/s"}); });
  const char* const kMade = "select to_regclass('public.t') is not null";  // after the run's record
  for (int i = 0; i < 1000 && m.target(kMade) == "f"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const ProcessResult second = m.run();
  first.join();
  INFO(second.out << second.err);
  CHECK(second.status == 1);
  CHECK_THAT(second.err, ContainsSubstring("is being worked on already by"));
  CHECK(m.run().status == 0);
}

TEST_CASE("a run whose connections were cut in the midst of a load holds its lock again", "[postgres]") {
  Migration m(Kind::postgresql, rows(60'000), plan_of("text"));
  ProcessResult r;
  std::thread first([&] { r = m.run({"-j", "1", "--rate", "6000 rows/s"}); });
  std::this_thread::sleep_for(std::chrono::seconds(3));
  CHECK(m.target("select count(pg_terminate_backend(pid)) > 2 from pg_stat_activity where datname = "
                 "current_database() and application_name like 'planrun%'") == "t");
  std::this_thread::sleep_for(std::chrono::seconds(3));
  const ProcessResult second = m.run();
  first.join();
  INFO(r.out << r.err << second.out << second.err);
  CHECK(second.status == 1);
  CHECK_THAT(second.err, ContainsSubstring("is being worked on already by"));
  CHECK(r.status == 0);
  CHECK(m.target("select count(*), count(distinct id), sum(n) from t") ==
        m.source("select count(*), count(distinct id), sum(n) from t"));
}

// What becomes of a run that stood still, or had no connection, while another process took it back.
void check_taken_back_meanwhile(bool existing, bool stopped) {
  Migration m(Kind::postgresql, rows(60'000),
              existing ? "[table.t]\nfrom = \"s.t\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n"
                       : plan_of("text"));
  if (existing) {
    m.target("create table t(id bigint primary key, v text, n bigint)");
    m.target("insert into t select i, 'old', 0 from generate_series(20, 60000, 20) i");
  }
  const std::string all = "select count(*), min(v), max(v) from t";
  const std::string before = existing ? m.target(all) : "";
  ProcessResult r;
  std::thread first([&] { r = m.run({"-j", "1", "--rate", "6000 rows/s"}); });
  std::this_thread::sleep_for(std::chrono::seconds(3));
  const int process = std::stoi(m.target("select process from " + m.ledger("run")));
  if (stopped) kill(process, SIGSTOP);
  m.target(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and"
      " application_name like 'planrun%" +
      std::string(stopped ? "" : " ledger") + "'");
  const ProcessResult rollback = m.rollback();
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  if (stopped) kill(process, SIGCONT);
  first.join();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.out + r.err, ContainsSubstring("rolled_back") || ContainsSubstring("rolling_back"));
  CHECK(m.target("select state from " + m.ledger("run")) == "rolled_back");
  CHECK(m.target("select count(*) from " + m.ledger("undo")) == "0");
  if (existing) {
    CHECK(m.target(all) == before);
  } else {
    CHECK(m.target("select to_regclass('public.t') is null") == "t");
  }
  CHECK(m.run().status == 0);
  CHECK(m.target("select count(*), count(distinct id), sum(n) from t") ==
        m.source("select count(*), count(distinct id), sum(n) from t"));
}

TEST_CASE("a run that was taken back while it stood still writes nothing any more", "[postgres]") {
  check_taken_back_meanwhile(GENERATE(false, true), true);
}
TEST_CASE("a run whose lock was lost, and that was taken back, writes nothing any more", "[postgres]") {
  check_taken_back_meanwhile(GENERATE(false, true), false);
}

TEST_CASE("a source without a snapshot that has changed is refused") {
  Migration m(Kind::sqlite, kMany, plan_of("text"), "snapshot = \"none\"\n");
  REQUIRE(interrupted(m).status == 4);
  sqlite3(m.source_file(), "update t set v = 'other' where id = 1");
  const ProcessResult r = m.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("source s has changed"));
}

TEST_CASE("connections that are cut are made again", "[postgres]") {
  Migration m(Kind::postgresql, kMany, plan_of("text"));
  std::thread cutter([&] {
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      m.target(
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() "
          "and "
          "application_name like 'planrun%'");
    }
  });
  const ProcessResult r = m.run();
  cutter.join();
  INFO(r.out << r.err);
  CHECK(r.status != 2);
  CHECK(m.run().status == 0);
  CHECK(m.target("select count(*), count(distinct id), sum(n) from t") ==
        m.source("select count(*), count(distinct id), sum(n) from t"));
}

TEST_CASE("a plan that names another schema does not touch the run in the first", "[postgres]") {
  const auto plan_in = [](const std::string& schema) {
    return "schema = \"" + schema + "\"\n" + plan_of("text");
  };
  Migration m(Kind::postgresql, rows(10), plan_in("first"));
  m.target("create schema first; create schema second");
  REQUIRE(m.run().status == 0);
  REQUIRE(m.target("select count(*) from first.t") == "10");
  m.write_plan(plan_in("second"));
  const std::vector<std::vector<std::string>> commands = {
      {}, {"--dry-run"}, {"rollback", "--yes"}, {"verify"}, {"rejects", "--retry"}, {"evidence"}};
  for (const auto& command : commands) {
    std::vector<std::string> arguments = command;
    const bool is_named = !command.empty() && command.front() != "--dry-run";
    arguments.insert(arguments.begin() + (is_named ? 1 : 0), m.plan_file().string());
    const ProcessResult r = run_planrun(arguments, m.state());
    INFO(arguments.front() << r.out << r.err);
    CHECK(r.status != 0);
    CHECK((r.out + r.err).find("made its tables in schema first, and target t names schema second now") !=
          std::string::npos);
  }
  CHECK(m.target("select count(*) from first.t") == "10");
  CHECK(m.target("select count(*) from pg_tables where schemaname = 'second'") == "0");
  m.write_plan(plan_in("first"));
  CHECK(m.run().out.find("already done") != std::string::npos);
}

}  // namespace resume_test
