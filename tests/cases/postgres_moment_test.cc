// The moment at which a PostgreSQL source is read: what DDL of others does to it, since a snapshot does not
// keep that (PostgreSQL manual, "Caveats" of concurrency control), and processes that share it.
#include <chrono>
#include <thread>

#include "cases/postgres_pair.h"

namespace postgres_moment_test {

using namespace planrun::test;

namespace {

// Between the run's first look and its first row.
std::string others_do(const std::string& sql, const std::string& at = "before_load") {
  return "[[sql]]\nname = \"others\"\nat = \"" + at + "\"\nundo = \"select 1\"\nsql = \"" + sql + "\"\n";
}

// As the owner of the server that tests/support/with_postgres.sh starts.
void as_superuser(const PostgresPair& s, const std::string& sql) {
  std::string url = s.url();
  const auto name = url.find("://") + 3;
  url.replace(name, url.find('@') - name, "postgres");
  const ProcessResult done = run_process({"psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql});
  INFO(done.err);
  REQUIRE(done.status == 0);
}

struct Change {
  std::string source;
  std::string load;  // what the plan loads, into dst.t
  std::string sql;   // what others do
  std::string words;
  std::string keys{};  // of the plan's table
};

const std::string kRows = " select i, 'v' || i from generate_series(1, 4000) i;";
const std::string kPlain = "create table a (id int primary key, v text); insert into a" + kRows;
const std::string kParts =
    "create table p (id int primary key, v text) partition by range (id);"
    "create table p1 partition of p for values from (0) to (2000);"
    "create table p2 partition of p for values from (2000) to (9000); insert into p" +
    kRows + "create table p3 (id int primary key, v text); insert into p3 values (9001, 'v');";

const std::vector<Change> kChanges = {
    {kPlain, "a", "alter table src.a alter column v type text using v || ''",
     "table 'a' has been emptied or rewritten since the moment"},
    {kPlain, "a", "truncate src.a", "table 'a' has been emptied or rewritten since the moment"},
    {kPlain, "a",
     "alter table src.a rename to old; create table src.a (id int primary key, v text); insert into src.a "
     "select "
     "* from src.old",
     "since the moment"},
    {kPlain + "create table b as table a; alter table b add primary key (id);", "a",
     "alter table src.a rename to old; alter table src.b rename to a", "has been renamed since the moment"},
    {kPlain, "a", "alter table src.a drop column v; alter table src.a add column v text default 'new'",
     "table 'a' has lost or renamed a column since"},
    {kPlain + "alter table a add column w text;", "a",
     "alter table src.a rename v to u; alter table src.a rename w to v; alter table src.a rename u to w",
     "table 'a' has lost or renamed a column since", "ignore = [\"w\"]\n"},
    {kParts, "p", "alter table src.p detach partition src.p2", "table 'p' has lost a partition since"},
    {kParts, "p", "drop table src.p1", "table 'p' has lost a partition since"},
    {kParts, "p", "alter table src.p attach partition src.p3 for values from (9000) to (10000)",
     "table 'p' has been given a partition since"},
    {kParts, "p", "truncate src.p1", "table 'p1' has been emptied or rewritten since"},
    {kPlain + "create view w as select * from a where id > 10;", "w", "truncate src.a",
     "table 'a' has been emptied or rewritten since"},
    {kPlain + "create materialized view m as select * from a;", "m",
     "insert into src.a values (0, 'v'); refresh materialized view src.m",
     "table 'm' has been emptied or rewritten since"},
    {"create table n (id int, v text); insert into n" + kRows, "n", "truncate src.n",
     "table 'n' has been emptied or rewritten since"},
};

}  // namespace

TEST_CASE("a table that others empty, rewrite or replace while a run reads ends it, and no row is missed",
          "[cases][postgres]") {
  for (const auto& change : kChanges) {
    INFO(change.load << ": " << change.sql);
    PostgresPair s(change.source);
    s.write_plan(others_do(change.sql) + "[table.t]\nfrom = \"s." + change.load + "\"\n" + change.keys +
                 "[table.t.columns]\nid = \"int primary key\"\nv = \"text\"\n");
    const ProcessResult cut = s.run();
    CHECK(cut.status == 4);
    says(cut, change.words);
    CHECK(s.psql("select coalesce(sum(rows_read), 0) from planrun.chunk") == "0");
    passes(s.run());
    const std::string rows = "select count(*), sum(id), min(v), max(v) from ";
    CHECK(s.psql(rows + "dst.t") == s.psql(rows + "src." + change.load));
  }
}

TEST_CASE("what else others do to tables and indexes is nothing to a run that reads", "[cases][postgres]") {
  PostgresPair s(kPlain + kParts + "create table b as table a;");
  s.write_plan(others_do("create index on src.a (v); alter table src.a add column more text; drop table "
                         "src.b; create table src.c (x int); analyze src.a; reindex table src.p1; "
                         "alter index src.p1_pkey rename to other; delete from src.a where id > 5; truncate "
                         "src.p3; create table src.p4 partition of src.p for values from (20000) to (30000); "
                         "insert into src.p4 values "
                         "(20001); comment on table src.a is 'changed'; grant select on src.a to public") +
               "[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nid = \"int primary key\"\n"
               "v = \"text\"\n[table.p]\nfrom = \"s.p\"\n[table.p.columns]\nid = \"int primary key\"\nv = "
               "\"text\"\n");
  passes(s.run());
  CHECK(s.psql("select (select count(*) from dst.a), (select count(*) from dst.p)") == "4000|4000");
}

TEST_CASE("a table that has been read can be changed while the run reads others", "[cases][postgres]") {
  PostgresPair s(kPlain + "create table b (id int primary key, v text); insert into b" + kRows);
  // At the end of the load, beside which nothing is read any more.
  s.write_plan(
      others_do("set local lock_timeout = '2s'; alter table src.a add column more int; alter table src.b "
                "add column more int",
                "after_load") +
      "[table.a]\nfrom = \"s.a\"\n[table.b]\nfrom = \"s.b\"\n");
  passes(s.run());
}

TEST_CASE("a check that asks an emptied table of a source ends the run, not with a figure of it",
          "[cases][postgres]") {
  PostgresPair s(kPlain + "create table b as table a;");
  s.write_plan(others_do("truncate src.b", "end") +
               "[table.a]\nfrom = \"s.a\"\n[check.b]\nsql = \"select count(*) from a where false\"\nsource = "
               "\"s\"\nsource_sql = \"select count(*) from b\"\n");
  const ProcessResult cut = s.run();
  CHECK(cut.status == 4);
  CHECK(s.psql("select state from planrun.run") == "interrupted");
  says(cut, "table 'b' has been emptied or rewritten since the moment");
}

TEST_CASE("rows that an index of the source hides are no proved run", "[cases][postgres]") {
  // As after an upgrade of the system's collations: the index is in the order of "C", the column in another.
  PostgresPair s(
      "create table a (id text collate \"C\" primary key, v int); insert into a select case i % 2 when 0 "
      "then "
      "'a' else 'B' end || i, i from generate_series(1, 300000) i; analyze a");
  as_superuser(s, R"(
      update pg_attribute set attcollation = '"en-x-icu"'::regcollation
        where attrelid in ('src.a'::regclass, 'src.a_pkey'::regclass) and attname = 'id';
      update pg_index set indcollation = ('"en-x-icu"'::regcollation::oid::text)::oidvector
        where indexrelid = 'src.a_pkey'::regclass)");
  s.write_plan("[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nid = \"text\"\nv = \"int\"\n");
  const ProcessResult hidden = s.run({"-j", "1"});
  CHECK(s.psql("select count(*) <> 300000 from dst.a") == "t");
  CHECK(hidden.status == 3);
  says(hidden, "rows were read by the key of table a in source s, which holds 300000");
  passes(s.command("rollback", {"--yes"}));
  s.psql("reindex table src.a");
  passes(s.run({"-j", "1"}));
  CHECK(s.psql("select count(*), sum(v) from dst.a") == "300000|45000150000");
}

TEST_CASE("a process joins a run from a PostgreSQL source, at the run's own moment",
          "[cases][postgres][join]") {
  std::string source;
  std::string tables;
  constexpr int kTables = 12;
  for (int i = 1; i <= kTables; ++i) {
    const std::string name = "t" + std::to_string(i);
    source += "create table " + name + " (id int primary key, v text); insert into " + name +
              " select i, 'v' || i from generate_series(1, 500) i;";
    tables += "[table." + name + "]\nfrom = \"s." + name + "\"\n";
  }
  PostgresPair s(source);
  // What is written before anybody joins is none of the moment.
  s.write_plan(others_do("update src.t1 set v = 'changed'; delete from src.t12") + tables);
  ProcessResult own;
  std::thread runs([&] { own = s.run({"-j", "1", "--rate", "500 rows/s"}); });
  const TempFolder elsewhere;
  const ProcessResult joined =
      run_planrun({s.plan().string(), "--join", "latest", "-j", "2"}, elsewhere.path());
  runs.join();
  INFO(own.out << own.err << joined.out << joined.err);
  CHECK(joined.status == 0);
  CHECK(own.status == 0);
  CHECK(s.psql("select count(*) > 0 from planrun.chunk where worker > 1000") == "t");
  CHECK(s.psql("select sum(rows_read) from planrun.chunk") == "6000");
  CHECK(s.psql("select count(*), min(v), max(v) from dst.t1") == "500|v1|v99");
  CHECK(s.psql("select count(*), sum(id) from dst.t12") == "500|125250");
}

TEST_CASE("a joined process loads nothing of a run that reads its source at another moment now",
          "[cases][postgres][join]") {
  PostgresPair s(
      "create table a (id int primary key, v text); insert into a select i, 'v' || i from "
      "generate_series(1, 20000) i;");
  s.write_plan("[table.a]\nfrom = \"s.a\"\n");
  ProcessResult own;
  std::thread runs([&] { own = s.run({"-j", "1", "--rate", "2500 rows/s"}); });
  const TempFolder elsewhere;
  ProcessResult joined;
  std::thread joins([&] {
    joined = run_planrun({s.plan().string(), "--join", "latest", "--rate", "1 rows/s"}, elsewhere.path());
  });
  std::this_thread::sleep_for(std::chrono::seconds(3));
  s.psql(
      "update planrun.run set snapshots = regexp_replace(snapshots, '\"moment_id\":\"[^\"]*', "
      "'\"moment_id\":\"another')");
  joins.join();
  const std::string of_joined =
      s.psql("select coalesce(sum(rows_read), 0) < 100 from planrun.chunk where worker > 1000");
  runs.join();
  INFO(own.out << own.err << joined.out << joined.err);
  CHECK(joined.status == 4);
  says(joined, "the run goes on without it, and it may join again");
  CHECK(of_joined == "t");
  CHECK(own.status == 0);
  CHECK(s.psql("select count(*), sum(id) from dst.a") == "20000|200010000");
}

}  // namespace postgres_moment_test
