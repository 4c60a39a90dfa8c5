// What was written is read back: a target that was changed behind the run's back is told down to the column.
#include "support/migration.h"

namespace proof_test {

using namespace planrun::test;

namespace {

const char* const kSource =
    "create table t(id integer primary key, v text, n integer);"
    "with recursive i(x) as (select 1 union all select x+1 from i where x<20000) "
    "insert into t select x, 'row ' || x, x % 97 from i;";

const char* const kPlan =
    "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nv = \"text\"\nn = "
    "\"integer\"\n"
    "[check.no_rows]\nsql = \"select count(*) from t where id < 0\"\nexpect = 0\n";

// A run that ends unproved, because of a check, can be tampered with before it is run again.
void check_tampering(Kind kind) {
  std::string failing = kPlan;
  failing.replace(failing.find("id < 0"), 6, "id < 3");
  Migration m(kind, kSource, failing);
  const ProcessResult first = m.run();
  INFO(first.out << first.err);
  REQUIRE(first.status == 3);
  CHECK_THAT(first.out, ContainsSubstring("no_rows"));
  m.target("update t set v = 'tampered' where id = 12345");
  m.target("delete from t where id = 77");
  m.target("insert into t values (999999, 'new', 1)");
  m.write_plan(kPlan);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.out, ContainsSubstring("id 12345, column v: expected 'row 12345', found 'tampered'"));
  CHECK_THAT(r.out, ContainsSubstring("id 77: expected a row, found no such row"));
  CHECK_THAT(r.out, ContainsSubstring("id 999999: expected no such row, found a row"));

  m.target("update t set v = 'row 12345' where id = 12345");
  m.target("insert into t values (77, 'row 77', 77)");
  m.target("delete from t where id = 999999");
  CHECK(m.run().status == 0);
}

}  // namespace

TEST_CASE("differences are told by key and column, in SQLite") {
  check_tampering(Kind::sqlite);
}
TEST_CASE("differences are told by key and column, in PostgreSQL", "[postgres]") {
  check_tampering(Kind::postgresql);
}

TEST_CASE("a row that only the server refuses is named", "[postgres]") {
  Migration m(Kind::postgresql, kSource,
              "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nv = \"text\"\n"
              "n = \"integer check (n < 96)\"\n");
  const ProcessResult r = m.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.out, ContainsSubstring("violates check constraint"));
  CHECK_THAT(r.out, ContainsSubstring("s.t key 96"));
}

// SQLite takes a single key column declared INTEGER for the rowid, which has no index.
TEST_CASE("a boolean key in a SQLite target is a key of its own") {
  Migration m(
      Kind::sqlite,
      "create table flags (on_off int primary key, n text); insert into flags values (0, 'a'), (1, 'b');",
      "[table.flags]\nfrom = \"s.flags\"\n[table.flags.columns]\non_off = \"boolean primary key\"\nn = "
      "\"text\"\n");
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  CHECK(run.status == 0);
  CHECK(m.target("select rowid, on_off, n from flags order by on_off") == "1|0|a\n2|1|b");
  CHECK(m.target("select count(*) from pragma_index_list('flags') where origin = 'pk'") == "1");
  CHECK(m.target("select typeof(on_off) from flags limit 1") == "integer");
}

}  // namespace proof_test
