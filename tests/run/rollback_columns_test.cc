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
  CHECK_THAT(rollback.out, ContainsSubstring("without the run's rows, but: column zz"));
}

// A run of another plan that finds all rows as it writes them.
void check_later_run(Kind kind, bool made) {
  Migration m(kind, kSource, made ? "[table.ac]\nfrom = \"s.m\"\n" : kPlan);
  if (made) {
    REQUIRE(m.run().status == 0);
  } else {
    upsert(m);
  }
  std::string text = read_file(m.plan_file());
  text.replace(text.find("\"test\""), 6, "\"later\"");
  if (made) text += "exists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n";
  const std::string later = m.plan_file().parent_path() / "later.toml";
  write_file(later, text);
  const ProcessResult ran = run_planrun({later}, m.state());
  INFO(ran.out << ran.err);
  REQUIRE(ran.status == 0);
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("of plan later has written or found since what this run wrote: "
                                            "7 rows; take that run back first"));
  CHECK(m.count("ac") == "7");
  CHECK(run_planrun({"rollback", "--yes", later}, m.state()).status == 0);
  CHECK(m.rollback().status == 0);
  if (!made) CHECK(m.target("select count(*), max(v) from ac") == "5|o5");
}

void check_emptied(Kind kind) {
  Migration m(kind, kSource, kPlan);
  upsert(m);
  m.target("delete from ac");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("[\"7\"] (gone)") || ContainsSubstring("[7] (gone)"));
  const ProcessResult rollback = m.rollback({"--discard-later"});
  INFO(rollback.out << rollback.err);
  CHECK(rollback.status == 0);
  CHECK_THAT(rollback.out, !ContainsSubstring("as before the run") && ContainsSubstring("(gone)"));
}

void check_renamed(Kind kind) {
  Migration m(kind, kSource, "[table.m]\nfrom = \"s.m\"\n");
  REQUIRE(m.run().status == 0);
  m.target("alter table m rename to theirs");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("table m: not there, but theirs has its columns"));
  CHECK(m.target("select state from " + m.ledger("run")) == "passed");
  const ProcessResult discarded = m.rollback({"--discard-later"});
  INFO(discarded.out << discarded.err);
  CHECK(discarded.status == 0);
  CHECK_THAT(discarded.err, ContainsSubstring("theirs has its columns"));
  CHECK(m.count("theirs") == "7");
}

void check_existing_gone(Kind kind) {
  Migration m(kind, kSource, kPlan);
  upsert(m);
  m.target(GENERATE("drop table ac", "alter table ac rename to theirs"));
  const std::string rows = "select count(*) from " + m.ledger("undo");
  const ProcessResult refused = m.rollback();
  INFO(refused.out << refused.err);
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("table ac: the table is gone"));
  CHECK(m.target(rows) != "0");
  const ProcessResult discarded = m.rollback({"--discard-later"});
  INFO(discarded.out << discarded.err);
  CHECK(discarded.status == 0);
  CHECK_THAT(discarded.out, ContainsSubstring("was gone before, but: the table is gone"));
  CHECK(m.target(rows) == "0");
  CHECK(m.target("select state from " + m.ledger("run")) == "rolled_back");
}

void check_key_gone(Kind kind) {
  Migration m(kind, kSource, kPlan);
  upsert(m);
  m.target("alter table ac rename column id to number");
  for (const bool discard : {false, true}) {
    const ProcessResult refused =
        m.rollback(discard ? std::vector<std::string>{"--discard-later"} : std::vector<std::string>{});
    INFO(refused.out << refused.err);
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, ContainsSubstring(discard ? "has no column id any more" : "column id is gone"));
    CHECK(m.count("ac") == "7");
  }
  m.target("alter table ac rename column number to id");
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select count(*), max(v) from ac") == "5|o5");
}

void check_dropped(Kind kind) {
  Migration m(kind, kSource, kPlan);
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

}  // namespace

TEST_CASE("rollback: a table that others have emptied is not said to be as before, in SQLite") {
  check_emptied(Kind::sqlite);
}
TEST_CASE("rollback: a table that others have emptied is not said to be as before, in PostgreSQL",
          "[postgres]") {
  check_emptied(Kind::postgresql);
}
TEST_CASE("rollback: a later run that counts on the rows goes first, in SQLite") {
  check_later_run(Kind::sqlite, GENERATE(false, true));
}
TEST_CASE("rollback: a later run that counts on the rows goes first, in PostgreSQL", "[postgres]") {
  check_later_run(Kind::postgresql, GENERATE(false, true));
}

TEST_CASE("rollback: a table that others have renamed is named, in SQLite") {
  check_renamed(Kind::sqlite);
}
TEST_CASE("rollback: a table that others have renamed is named, in PostgreSQL", "[postgres]") {
  check_renamed(Kind::postgresql);
}
TEST_CASE("rollback: a table moved to another schema is named", "[postgres]") {
  Migration m(Kind::postgresql, kSource, "[table.m]\nfrom = \"s.m\"\n");
  REQUIRE(m.run().status == 0);
  m.target("create schema archive; alter table m set schema archive");
  const ProcessResult refused = m.rollback();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, ContainsSubstring("table m: not there, but archive.m has its columns"));
}
TEST_CASE("rollback: a table that was there and is gone is told, in SQLite") {
  check_existing_gone(Kind::sqlite);
}
TEST_CASE("rollback: a table that was there and is gone is told, in PostgreSQL", "[postgres]") {
  check_existing_gone(Kind::postgresql);
}
TEST_CASE("rollback: without the key that names them no rows are touched, in SQLite") {
  check_key_gone(Kind::sqlite);
}
TEST_CASE("rollback: without the key that names them no rows are touched, in PostgreSQL", "[postgres]") {
  check_key_gone(Kind::postgresql);
}

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

TEST_CASE("rollback: a column that others have dropped is named, and the others come back, in SQLite") {
  check_dropped(Kind::sqlite);
}
TEST_CASE("rollback: a column that others have dropped is named, and the others come back, in PostgreSQL",
          "[postgres]") {
  check_dropped(Kind::postgresql);
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

TEST_CASE("rollback: all tables whose rows refer to the run's are named", "[postgres]") {
  const auto check = [](Kind kind) {
    Migration m(kind, kSource, kPlan);
    upsert(m);
    for (const std::string name : {"o1", "o2"}) {
      m.target("create table " + name +
               "(id integer primary key, c integer references ac(id) on delete cascade)");
      m.target("insert into " + name + " values (1, 7), (2, 1)");
    }
    for (const std::vector<std::string>& how : {std::vector<std::string>{}, {"--discard-later"}}) {
      const ProcessResult refused = m.rollback(how);
      INFO(refused.out << refused.err);
      CHECK(refused.status == 1);
      CHECK_THAT(refused.err,
                 ContainsSubstring("1 row of ") && ContainsSubstring("o1") && ContainsSubstring("o2"));
      if (kind == Kind::postgresql) CHECK_THAT(refused.err, ContainsSubstring("by o2_c_fkey, to [\"7\"]"));
      CHECK(m.target("select count(*), max(v) from ac") == "7|new7");
    }
    m.target("delete from o1 where c = 7");
    m.target("delete from o2 where c = 7");
    CHECK(m.rollback().status == 0);
  };
  SECTION("SQLite") {
    check(Kind::sqlite);
  }
  SECTION("PostgreSQL") {
    if (has_postgres()) check(Kind::postgresql);
  }
}

}  // namespace rollback_columns_test
