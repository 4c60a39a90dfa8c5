// planrun verify: what is in the target against what the sources say, with values from the databases' shells.
#include <nlohmann/json.hpp>

#include "support/migration.h"

namespace verification_test {

using namespace planrun::test;

namespace {

using Json = nlohmann::json;

const char* const kSource =
    "create table t(id integer primary key, v text, n integer);"
    "with recursive i(x) as (select 1 union all select x+1 from i where x<3000) "
    "insert into t select x, 'row ' || x, x % 97 from i;";

// One row in 97 does not fit, and is kept out.
const char* const kTables =
    "[table.t]\nfrom = \"s.t\"\non_reject = \"keep\"\n[table.t.columns]\nid = \"bigint primary key\"\n"
    "v = \"text\"\nn = \"integer check (n < 96)\"\n"
    "[check.total]\nsql = \"select sum(n) from t\"\nexpect = 140895\n";

ProcessResult verify(const Migration& m, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"verify", m.plan_file().string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_planrun(arguments, m.state());
}

void for_each_kind(const std::function<void(Kind)>& use) {
  SECTION("sqlite") {
    use(Kind::sqlite);
  }
  if (has_postgres()) {
    SECTION("postgresql") {
      use(Kind::postgresql);
    }
  }
}

}  // namespace

TEST_CASE("a passed run is verified, and what was changed since is told by key and column",
          "[watch][postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kSource, kTables);
    REQUIRE(m.source("select sum(n) from t where n < 96") == "140895");
    REQUIRE(m.run().status == 0);
    REQUIRE(m.count("t") == "2970");
    const ProcessResult good = verify(m);
    INFO(good.out << good.err);
    CHECK(good.status == 0);
    CHECK_THAT(good.out,
               ContainsSubstring("2,970") && ContainsSubstring("equal") && ContainsSubstring("verified"));

    m.target("update t set v = 'a \"quoted\", text' where id = 1234");
    m.target("delete from t where id = 77");
    m.target("insert into t values (999999, 'new', 1)");
    const std::string csv = (m.state().parent_path() / "differences.csv").string();
    const ProcessResult bad = verify(m, {"--format", "json", "-o", csv});
    INFO(bad.out << bad.err);
    CHECK(bad.status == 3);
    const Json json = Json::parse(bad.out);
    CHECK(json["verdict"] == "differences");
    CHECK(json["keys_different"] == 3);
    CHECK(json["rows_expected"] == 2970);
    CHECK(json["rows_found"] == 2970);
    // 77 % 97 is gone, 1 has come.
    CHECK(json["checks_failed"] == 1);
    CHECK(read_file(csv) ==
          "table,key,column,expected,found\r\n"
          "t,id 1234,v,'row 1234',\"'a \"\"quoted\"\", text'\"\r\n"
          "t,id 77,,a row,no such row\r\n"
          "t,id 999999,,no such row,a row\r\n");
    CHECK_THAT(verify(m, {"--limit", "1"}).out, ContainsSubstring("and more"));
    // Each verification is kept, with what its checks found; the run's own results stay apart.
    CHECK(m.target("select verdict, rows_read, differences, checks_failed from " + m.ledger("verification") +
                   " order by id") == "passed|2970|0|0\ndifferences|2970|3|1\ndifferences|2970|3|1");
    CHECK(m.target("select count(*), count(verification) from " + m.ledger("check_result") +
                   " where name = 'total'") == "4|3");
    CHECK_THAT(run_planrun({"status", m.plan_file().string()}, m.state()).out,
               ContainsSubstring("the last verification did not pass; last failure") &&
                   ContainsSubstring("3 keys differ"));
  });
}

TEST_CASE("a verification reads the run's snapshot, or the source as it is now", "[watch]") {
  Migration m(Kind::sqlite, kSource, kTables);
  REQUIRE(m.run().status == 0);
  m.source("update t set v = 'newer' where id = 5");
  CHECK(verify(m).status == 0);
  const ProcessResult live = verify(m, {"--from", "live"});
  CHECK(live.status == 3);
  CHECK_THAT(live.out, ContainsSubstring("id 5, column v: expected 'newer', found 'row 5'"));
  m.target("update t set v = 'newer' where id = 5");
  CHECK(verify(m, {"--from", "live"}).status == 0);
  CHECK(verify(m, {"--from", "snapshot"}).status == 3);

  const auto snapshot = m.state() / "planrun" / "test" / m.target("select id from planrun_run") / "s.db";
  REQUIRE(std::filesystem::remove(snapshot));
  const ProcessResult gone = verify(m, {"--from", "snapshot"});
  CHECK(gone.status == 1);
  CHECK_THAT(gone.err, ContainsSubstring("a snapshot that is gone") && ContainsSubstring("--from live"));
  CHECK_THAT(verify(m).err, ContainsSubstring("compared with the live source instead"));
  CHECK(m.target("select verdict from planrun_verification order by id desc limit 2") == "passed\nnot_done");
}

TEST_CASE("only a passed run of the same plan is verified", "[watch]") {
  std::string failing = kTables;
  failing.replace(failing.find("140895"), 6, "1");
  Migration m(Kind::sqlite, kSource, failing);
  CHECK_THAT(verify(m).err, ContainsSubstring("there is no run of plan test"));
  CHECK(verify(m).status == 1);
  REQUIRE(m.run().status == 3);
  const ProcessResult unproved = verify(m);
  CHECK(unproved.status == 1);
  CHECK_THAT(unproved.err, ContainsSubstring("is unproved in sqlite:") &&
                               ContainsSubstring("only a run that has passed can be verified"));
  m.write_plan(kTables);
  REQUIRE(m.run().status == 0);
  CHECK(verify(m).status == 0);

  std::string other = kTables;
  other.replace(other.find("v = \"text\""), 10, "v = { type = \"text\", expr = \"upper(v)\" }");
  m.write_plan(other);
  const ProcessResult changed = verify(m);
  CHECK(changed.status == 1);
  CHECK_THAT(changed.err, ContainsSubstring("the plan has changed since this run began") &&
                              ContainsSubstring("would give other rows"));
  m.write_plan(kTables + std::string("[view.w]\nsql = \"select id from t\"\n"));
  CHECK_THAT(verify(m).err, ContainsSubstring("which has passed: view w is not done yet"));
  m.write_plan(kTables + std::string("[check.more]\nsql = \"select max(id) from t\"\nexpect = 3000\n"));
  CHECK(verify(m).status == 0);
  REQUIRE(m.rollback().status == 0);
  CHECK_THAT(verify(m).err, ContainsSubstring("is rolled_back"));
}

TEST_CASE("of a table of others only the run's own keys are compared", "[watch][postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind,
                "create table p(id integer primary key, name text);"
                "insert into p values (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four');",
                "[table.c]\nexists = true\n[table.c.load.p]\nfrom = \"s.p\"\nwrite = \"insert_missing\"\n"
                "key = [\"id\"]\n[guard.others]\nsql = \"select count(*) from c where note = 'theirs'\"\n");
    m.target("create table c(id integer primary key, name text, note text)");
    m.target("insert into c values (1, 'theirs', 'theirs'), (9, 'nine', 'theirs')");
    REQUIRE(m.run().status == 0);
    REQUIRE(m.target("select count(*) from " + m.ledger("undo") + " where op <> 'left'") == "3");
    const ProcessResult good = verify(m);
    INFO(good.out << good.err);
    CHECK(good.status == 0);
    // What others do with their own rows is no difference, and a guard's change is a warning.
    m.target("update c set name = 'changed' where id in (1, 9)");
    m.target("delete from c where id = 9");
    const ProcessResult warned = verify(m);
    CHECK(warned.status == 0);
    CHECK_THAT(warned.out, ContainsSubstring("it was 2 after the run and is 1 now"));
    m.target("update c set name = 'drei' where id = 3");
    m.target("delete from c where id = 4");
    const ProcessResult bad = verify(m);
    INFO(bad.out << bad.err);
    CHECK(bad.status == 3);
    CHECK_THAT(bad.out, ContainsSubstring("id 3, column name: expected 'three', found 'drei'") &&
                            ContainsSubstring("expected a row, found no such row") &&
                            ContainsSubstring("2 keys"));
    const ProcessResult json = run_planrun({"verify", m.plan_file().string(), "--format", "json"}, m.state());
    CHECK_THAT(json.out, ContainsSubstring("\"rows_expected\": 3") && ContainsSubstring("\"rows_found\": 2"));
  });
}

TEST_CASE("what merges, fans out or is left by others' loads is verified as the run wrote it", "[watch]") {
  Migration m(Kind::sqlite,
              "create table a(id integer primary key, v text); insert into a values (1, 'x'), (2, 'y');"
              "create table b(id integer primary key, v text); insert into b values (2, 'y'), (3, 'z');",
              "[table.t]\nfrom = \"s.a\"\nwrite = \"insert_missing\"\nkey = [\"id\"]\n[table.t.columns]\n"
              "id = \"bigint primary key\"\nv = \"text\"\n"
              "[table.t.load.second]\nfrom = \"s.b\"\nwrite = \"insert_missing\"\nkey = [\"id\"]\n"
              "[table.m]\nfrom = [\"s.a\", \"s.b\"]\nmerge = { key = [\"id\"] }\n[table.m.columns]\n"
              "id = \"bigint primary key\"\nv = \"text\"\n");
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  REQUIRE(m.count("t") + m.count("m") == "33");
  const ProcessResult good = verify(m);
  INFO(good.out << good.err);
  CHECK(good.status == 0);
  m.target("update m set v = 'other' where id = 2");
  CHECK_THAT(verify(m).out, ContainsSubstring("id 2, column v: expected 'y', found 'other'"));
}

TEST_CASE("a target that cannot be read back is a difference, one that cannot be reached is none",
          "[watch]") {
  Migration m(Kind::sqlite, kSource, kTables);
  REQUIRE(m.run().status == 0);
  m.target("pragma ignore_check_constraints = on; update t set n = 'no number' where id = 8");
  const ProcessResult stored = verify(m);
  CHECK(stored.status == 3);
  CHECK_THAT(stored.out, ContainsSubstring("CANNOT BE READ") && ContainsSubstring("column n holds text"));
  // How many rows there are nobody knows then.
  const std::string metrics = (m.state() / "rows.prom").string();
  const ProcessResult told = verify(m, {"--format", "json", "--metrics", metrics});
  INFO(told.out << told.err);
  const Json json = Json::parse(told.out);
  CHECK(json.at("rows_found").is_null());
  CHECK(json.at("tables").at(0).at("rows_found").is_null());
  CHECK_THAT(read_file(metrics), !ContainsSubstring("rows_found{"));
  m.target("drop table t");
  CHECK(verify(m).status == 3);
  std::filesystem::remove(m.target_file());
  CHECK(verify(m).status == 1);
}

TEST_CASE("verify says which later run has loaded into a table that differs", "[watch][postgres]") {
  for_each_kind([](Kind kind) {
    const std::string from = "[table.t]\nfrom = \"s.t\"\nignore = [\"n\"]\n";
    Migration m(kind, kSource, from + "[table.t.columns]\nid = \"bigint primary key\"\nv = \"text\"\n");
    REQUIRE(m.run().status == 0);
    const std::string plan = read_file(m.plan_file());
    std::string text = plan.substr(0, plan.find("[table.t]"));
    text.replace(text.find("\"test\""), 6, "\"later\"");
    const std::string later = m.plan_file().parent_path() / "later.toml";
    write_file(later, text + from +
                          "exists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n[table.t.columns]\n"
                          "id = { from = \"id\" }\nv = { expr = \"upper(v)\" }\n");
    const ProcessResult ran = run_planrun({later}, m.state());
    INFO(ran.out << ran.err);
    REQUIRE(ran.status == 0);
    const ProcessResult r = verify(m);
    INFO(r.out << r.err);
    CHECK(r.status == 3);
    CHECK_THAT(r.out + r.err, ContainsSubstring("of plan later has loaded into table t since"));
    REQUIRE(run_planrun({"rollback", "--yes", later}, m.state()).status == 0);
    CHECK(verify(m).status == 0);
  });
}

TEST_CASE("a table of others that is gone, or has lost a column, is a difference", "[watch][postgres]") {
  for_each_kind([](Kind kind) {
    Migration m(kind, kSource,
                "[table.t]\nfrom = \"s.t\"\nexists = true\nignore = [\"n\"]\n[table.t.columns]\n"
                "id = { from = \"id\" }\nv = { from = \"v\" }\n");
    m.target("create table t(id integer primary key, v text)");
    REQUIRE(m.run().status == 0);
    CHECK(verify(m).status == 0);
    m.target("alter table t rename column v to w");
    const ProcessResult renamed = verify(m);
    INFO(renamed.out << renamed.err);
    CHECK(renamed.status == 3);
    CHECK_THAT(renamed.out + renamed.err, ContainsSubstring("its column v is gone"));
    m.target("drop table t");
    const ProcessResult gone = verify(m);
    INFO(gone.out << gone.err);
    CHECK(gone.status == 3);
    CHECK_THAT(gone.out + gone.err, ContainsSubstring("the table is gone from"));
  });
}

}  // namespace verification_test
