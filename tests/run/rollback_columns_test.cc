// Others change the columns of a table that was there before the run, and the run is taken back.
#include "support/migration.h"

namespace rollback_columns_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table m(id integer primary key, x text);"
    "with recursive i(n) as (select 1 union all select n + 1 from i where n < 7) insert into m select n, "
    "'new' "
    "|| n from i;";
const std::string kPlan =
    "[table.ac]\nfrom = \"s.m\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n[table.ac.columns]\nid = "
    "{ "
    "from = \"id\" }\nv = { expr = \"x\" }\n";

/// Five rows, two columns, of which the run updates five and to which it adds two.
void upsert(Migration& m) {
  m.target("create table ac(id integer primary key, v text, other text)");
  m.target("insert into ac values (1,'o1','k'),(2,'o2','k'),(3,null,'k'),(4,'a,\"b','k'),(5,'o5','k')");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  REQUIRE(m.target("select count(*), max(v) from ac") == "7|new7");
}

void check_added(Kind kind) {
  Migration m(kind, kSource, kPlan);
  upsert(m);
  m.target("alter table ac add column zz integer default 7");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("table ac: column zz"));
  CHECK_THAT(refused.out + refused.err, !ContainsSubstring("rows were changed"));
  CHECK(m.count("ac") == "7");
  const ProcessResult rollback = m.rollback({"--discard-later"});
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  CHECK(m.target("select id, v, other, zz from ac order by id") ==
        "1|o1|k|7\n2|o2|k|7\n3||k|7\n4|a,\"b|k|7\n5|o5|k|7");
}

}  // namespace

TEST_CASE("rollback: a column that others have added is named, and rows come back, in SQLite") {
  check_added(Kind::sqlite);
}
TEST_CASE("rollback: a column that others have added is named, and rows come back, in PostgreSQL",
          "[postgres]") {
  check_added(Kind::postgresql);
}

TEST_CASE("rollback: a row changed beside a column of others is named, in PostgreSQL", "[postgres]") {
  Migration m(Kind::postgresql, kSource, kPlan);
  upsert(m);
  m.target("alter table ac add column zz integer default 7; update ac set v = 'mine' where id = 2");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err,
             ContainsSubstring("rows were changed after the run wrote them: [\"2\"]"));
}

TEST_CASE("rollback: a column that others have dropped is named, and the others come back, in PostgreSQL",
          "[postgres]") {
  Migration m(Kind::postgresql, kSource, kPlan);
  upsert(m);
  m.target("alter table ac drop column other; alter table ac add column late text default 'l'");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("table ac: column other is gone"));
  const ProcessResult rollback = m.rollback({"--discard-later"});
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  CHECK(m.target("select id, v, late from ac order by id") == "1|o1|l\n2|o2|l\n3||l\n4|a,\"b|l\n5|o5|l");
}

TEST_CASE("rollback: a table whose column has another type now is told, and dropped on request",
          "[postgres]") {
  Migration m(Kind::postgresql, kSource,
              "[table.n]\nfrom = \"s.m\"\n[table.o]\nfrom = \"s.m\"\n[table.p]\nfrom = \"s.m\"\n");
  REQUIRE(m.run().status == 0);
  m.target("alter table o alter id drop identity; alter table o alter id type numeric");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("table o: 0 rows could be read"));
  CHECK(m.target("select state from " + m.ledger("run")) == "passed");
  CHECK(m.target("select count(*) from " + m.ledger("step") + " where state = 'undone'") == "0");
  const ProcessResult rollback = m.rollback({"--discard-later"});
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  CHECK(m.target("select count(*) from pg_class where relname in ('n', 'o', 'p')") == "0");
}

TEST_CASE("a column that others add to a table that was there changes no plan, in SQLite") {
  Migration m(Kind::sqlite, kSource, kPlan);
  upsert(m);
  m.target("alter table ac add column zz integer default 7");
  const ProcessResult verified = run_planrun({"verify", m.plan_file().string()}, m.state());
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);
}

}  // namespace rollback_columns_test
