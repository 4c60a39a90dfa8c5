// The cases of values that other tools lose without a word: every one ends with the rows in the target, or
// with the row named and a status that is not 0.
#include "support/migration.h"

namespace lessons_test {

using namespace planrun::test;

namespace {

struct Lesson {
  const char* name;
  const char* source;    // makes table t(id integer primary key, v ...)
  const char* column;    // definition of v in the plan
  const char* rejected;  // what the message must hold; empty: all rows arrive
  const char* query;     // in the target, when all rows arrive
  const char* expected;
};

const Lesson kLessons[] = {
    {"text in an integer column",
     "create table t(id integer primary key, v integer); insert into t values "
     "(1,5),(2,'12abc'),(3,6),(4,'');",
     "v = \"integer\"", "'12abc'", "", ""},
    {"text in a blob column",
     "create table t(id integer primary key, v blob); insert into t values "
     "(1,x'00ff10'),(2,'texty'),(3,zeroblob(3));",
     "v = \"bytea\"", "'texty'", "", ""},
    {"text in a blob column, taken as bytes",
     "create table t(id integer primary key, v blob); insert into t values (1,x'00ff10'),(3,zeroblob(3));",
     "v = \"bytea\"", "", "select count(*) from t", "2"},
    {"NUL in text",
     "create table t(id integer primary key, v text); insert into t values (1,'nul'||char(0)||'byte');",
     "v = \"text\"", "NUL", "", ""},
    {"invalid UTF-8",
     "create table t(id integer primary key, v text); insert into t values (1,'a'),(2,cast(x'6180' as "
     "text)),(3,'c');",
     "v = \"text\"", "UTF-8", "", ""},
    {"a double of ten digits",
     "create table t(id integer primary key, v real); insert into t values (1,1234567.891);",
     "v = \"double precision\"", "", "select v from t", "1234567.891"},
    {"a double that is no float",
     "create table t(id integer primary key, v real); insert into t values (1,1234567.891);", "v = \"real\"",
     "1234567.891", "", ""},
    {"an integer beyond 32 bits",
     "create table t(id integer primary key, v int); insert into t values (1,3000000000);", "v = \"bigint\"",
     "", "select v from t", "3000000000"},
    {"an integer beyond 32 bits into integer",
     "create table t(id integer primary key, v int); insert into t values (1,3000000000);", "v = \"integer\"",
     "3000000000", "", ""},
    {"seconds among ISO texts",
     "create table t(id integer primary key, v datetime); insert into t values (1,'2024-01-02 "
     "03:04:05'),(2,1700000000);",
     "v = \"timestamp\"", "1700000000", "", ""},
    {"boolean words and a 2",
     "create table t(id integer primary key, v boolean); insert into t values "
     "(1,1),(2,0),(3,'t'),(4,'true'),(5,2),(6,'');",
     "v = \"boolean\"", "2", "", ""},
    {"one bad date among 60,000 rows",
     "create table t(id integer primary key, v text); with recursive n(i) as (select 1 union all select i+1 "
     "from n where i<60000) "
     "insert into t select i, case when i=31234 then '2024-02-30' else '2024-02-28' end from n;",
     "v = \"date\"", "key 31234", "", ""},
    {"a generated column",
     "create table t(id integer primary key, a int, v int generated always as (a*2) stored); insert into "
     "t(id,a) values (1,21);",
     "v = \"integer\"\na = \"integer\"", "", "select v from t", "42"},
    {"milliseconds named so",
     "create table t(id integer primary key, v integer); insert into t values (1,1700000000123);",
     "v = { type = \"timestamp\", using = \"unix_millis\" }", "", "select rtrim(v || '', '0') from t",
     "2023-11-14 22:13:20.123"},
    {"decimals", "create table t(id integer primary key, v real); insert into t values (1,1230.99);",
     "v = \"numeric(12,2)\"", "", "select v from t", "1230.99"},
    {"more decimals than the column has",
     "create table t(id integer primary key, v real); insert into t values (1,19.999);",
     "v = \"numeric(12,2)\"", "19.999", "", ""},
    {"text longer than the column",
     "create table t(id integer primary key, v text); insert into t values (1,'abcdef');",
     "v = \"varchar(5)\"", "'abcdef'", "", ""},
};

std::string plan_of(const Lesson& lesson, const std::string& more = "") {
  return "[table.t]\nfrom = \"s.t\"\n" + more + "[table.t.columns]\nid = \"bigint primary key\"\n" +
         lesson.column + "\n";
}

void check_lesson(Kind kind, const Lesson& lesson) {
  INFO(lesson.name);
  Migration m(kind, lesson.source, plan_of(lesson));
  const bool fits = *lesson.rejected == 0;
  CHECK(m.dry_run().status == (fits ? 0 : 1));
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == (fits ? 0 : 1));
  if (fits) {
    CHECK(m.target(lesson.query) == lesson.expected);
    return;
  }
  CHECK_THAT(r.out + r.err, ContainsSubstring(lesson.rejected));
  CHECK_THAT(r.out + r.err, ContainsSubstring("s.t key"));

  // The same with the bad rows kept: what fits arrives, and what does not is in the ledger.
  Migration kept(kind, lesson.source, plan_of(lesson, "on_reject = \"keep\"\n"));
  const ProcessResult k = kept.run();
  INFO(k.out << k.err);
  CHECK(k.status == 0);
  const int all = std::stoi(kept.source("select count(*) from t"));
  const int there = std::stoi(kept.count("t"));
  CHECK(there < all);
  CHECK(kept.target("select count(*) from " + kept.ledger("reject")) == std::to_string(all - there));
}

}  // namespace

TEST_CASE("no value is lost without a word, into SQLite") {
  for (const Lesson& lesson : kLessons) check_lesson(Kind::sqlite, lesson);
}

TEST_CASE("no value is lost without a word, into PostgreSQL", "[postgres]") {
  for (const Lesson& lesson : kLessons) check_lesson(Kind::postgresql, lesson);
}

namespace {

// id integer primary key without AUTOINCREMENT, an orphan, a serial past the source's own sequence.
const char* const kSchemas =
    "create table parent(id integer primary key, name text);"
    "create table child(id integer primary key autoincrement, parent_id int, email text, del int);"
    "insert into parent values (1,'a'),(7,'b');"
    "insert into child values (1,1,'A@x',0),(2,7,'b@x',0),(3,1,'A@x',1),(90,7,'c@x',0); delete from child "
    "where id = 90;";

const char* const kSchemaPlan = R"toml(
[table.parent]
from = "s.parent"
[table.parent.columns]
id = "serial primary key"
name = "text not null check (name <> '')"

[table.child]
from = "s.child"
[table.child.columns]
id = "bigserial primary key"
parent_id = "bigint references parent (id) on delete cascade"
email = "text"
del = "integer"
[table.child.index]
child_email = "unique (email) where del = 0"
child_lower = "(lower(email))"
)toml";

}  // namespace

TEST_CASE("a view that is larger than a chunk arrives whole", "[postgres]") {
  const auto check = [](Kind kind) {
    Migration m(
        kind,
        "create view v as with recursive i(x) as (select 1 union all select x + 1 from i where x < 800)"
        " select x, printf('%.*c', 100000, 'a') as text from i;",
        "[table.v]\nfrom = \"s.v\"\n[table.v.columns]\nx = \"bigint\"\ntext = \"text\"\n");
    const ProcessResult r = m.run();
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
    CHECK(m.target("select count(*), sum(x), sum(length(text)) from v") == "800|320400|80000000");
  };
  SECTION("in SQLite") {
    check(Kind::sqlite);
  }
  if (has_postgres()) {
    SECTION("in PostgreSQL") {
      check(Kind::postgresql);
    }
  }
}

TEST_CASE("sequences, partial and expression indexes arrive in PostgreSQL", "[postgres]") {
  Migration m(Kind::postgresql, kSchemas, kSchemaPlan);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("insert into parent(name) values ('new') returning id") == "8");
  CHECK(m.target("insert into child(parent_id) values (1) returning id") == "91");
  CHECK(m.target("select indexdef from pg_indexes where indexname = 'child_email'") ==
        "CREATE UNIQUE INDEX child_email ON public.child USING btree (email) WHERE (del = 0)");
  CHECK(m.target("select indexdef from pg_indexes where indexname = 'child_lower'") ==
        "CREATE INDEX child_lower ON public.child USING btree (lower(email))");
  CHECK(m.target("select convalidated from pg_constraint where contype = 'f'") == "t");
}

TEST_CASE("sequences, partial and expression indexes arrive in SQLite") {
  Migration m(Kind::sqlite, kSchemas, kSchemaPlan);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("insert into parent(name) values ('new') returning id") == "8");
  CHECK(m.target("insert into child(parent_id) values (1) returning id") == "91");
  CHECK(m.target("select count(*) from sqlite_master where name in ('child_email', 'child_lower')") == "2");
}

namespace {

std::string rows_of_100_bytes(int rows) {
  return "create table t(id integer primary key, v text); with recursive n(i) as (select 1 union all select "
         "i + 1 "
         "from n where i < " +
         std::to_string(rows) + ") insert into t select i, printf('%0100d', i) from n";
}

// SQLite counts what is left and tells no error; that the file is damaged only its own check finds.
void check_lost_leaf(Kind kind) {
  Migration m(kind, rows_of_100_bytes(5000), "[table.t]\nfrom = \"s.t\"\n");
  lose_leaf(m.source_file());
  REQUIRE(std::stoi(m.source("select count(*) from t")) < 5000);
  for (const ProcessResult& r : {m.dry_run(), m.run()}) {
    CHECK(r.status == 1);
    CHECK_THAT(r.err, ContainsSubstring("source s (sqlite:" + m.source_file().string() + ")") &&
                          ContainsSubstring("may have lost rows that no query finds") &&
                          ContainsSubstring("is never used") && ContainsSubstring(".recover"));
  }
  CHECK(m.target(kind == Kind::sqlite ? "select count(*) from sqlite_schema where name = 't'"
                                      : "select count(*) from pg_tables where tablename = 't'") == "0");
}

}  // namespace

TEST_CASE("rows that a damaged file has lost are no successful run, into SQLite") {
  check_lost_leaf(Kind::sqlite);
}

TEST_CASE("rows that a damaged file has lost are no successful run, into PostgreSQL", "[postgres]") {
  check_lost_leaf(Kind::postgresql);
}

TEST_CASE("damage that is found beside the load ends the run, which can be taken back", "[slow]") {
  Migration m(Kind::sqlite, rows_of_100_bytes(1'000'000), "[table.t]\nfrom = \"s.t\"\n");
  lose_leaf(m.source_file());
  const ProcessResult r = m.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.out + r.err, ContainsSubstring("may have lost rows that no query finds"));
  const ProcessResult back = m.rollback();
  INFO(back.out << back.err);
  CHECK(m.target("select count(*) from sqlite_schema where name = 't'") == "0");
}

TEST_CASE("the ledger knows that a source was looked through", "[postgres]") {
  Migration m(Kind::postgresql, rows_of_100_bytes(5000), "[table.t]\nfrom = \"s.t\"\n");
  REQUIRE(m.run().status == 0);
  CHECK(m.target("select (snapshots::jsonb)->0->>'intact' from planrun.run") == "true");
}

TEST_CASE("an orphan is named, and kept out on demand", "[postgres]") {
  const std::string source = std::string(kSchemas) + "insert into child values (4, 5, 'd@x', 0);";
  Migration stop(Kind::postgresql, source, kSchemaPlan);
  const ProcessResult r = stop.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.out + r.err, ContainsSubstring("child_parent_id_fkey"));
  CHECK_THAT(r.out + r.err, ContainsSubstring("id 4"));

  std::string plan = kSchemaPlan;
  plan.replace(plan.find("from = \"s.child\""), 16, "from = \"s.child\"\non_reject = \"keep\"");
  Migration keep(Kind::postgresql, source, plan);
  const ProcessResult k = keep.run();
  INFO(k.out << k.err);
  CHECK(k.status == 0);
  CHECK(keep.target("select string_agg(id::text, ',' order by id) from child") == "1,2,3");
  CHECK(keep.target("select key from planrun.reject") == "[4]");
  CHECK(keep.target("select convalidated from pg_constraint where contype = 'f'") == "t");
}

namespace {

// x 3 has no row in y, and y 3 hangs on x 3: with `on delete cascade` it would go unseen.
void check_circle_of_orphans(Kind kind, const std::string& action) {
  const auto table = [&](const std::string& name, const std::string& other) {
    return "[table." + name + "]\nfrom = \"s." + name + "\"\non_reject = \"keep\"\n[table." + name +
           ".columns]\nid = \"bigint primary key\"\no = \"bigint references " + other + " (id)" + action +
           "\"\n";
  };
  Migration m(
      kind,
      "create table x(id integer primary key, o integer); insert into x values (1, 1), (2, 2), (3, 9);"
      "create table y(id integer primary key, o integer); insert into y values (1, 1), (2, 2), (3, 3)",
      table("x", "y") + table("y", "x"));
  const ProcessResult r = m.run({"-j", "2"});
  INFO(action << r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.out, ContainsSubstring("1 row of ") && ContainsSubstring("y refers to rows of table x") &&
                        ContainsSubstring("by `where`"));
  CHECK(m.count("x") == "3");
  CHECK(m.target("select count(*) from y where o is not null") == "3");
}

}  // namespace

TEST_CASE("an orphan that others hang on stops the run, into SQLite") {
  check_circle_of_orphans(Kind::sqlite, "");
}

TEST_CASE("an orphan that others hang on stops the run, whatever the key does, into PostgreSQL",
          "[postgres]") {
  for (const char* action : {"", " on delete cascade", " on delete set null"})
    check_circle_of_orphans(Kind::postgresql, action);
}

TEST_CASE("of rows that share a key the first in source order stays", "[postgres]") {
  const std::string source =
      std::string(kSchemas) + "insert into child values (5, 1, 'b@x', 0), (6, 1, 'b@x', 0);";
  std::string plan = kSchemaPlan;
  plan.replace(plan.find("from = \"s.child\""), 16, "from = \"s.child\"\non_reject = \"keep\"");
  Migration keep(Kind::postgresql, source, plan);
  const ProcessResult k = keep.run();
  INFO(k.out << k.err);
  CHECK(k.status == 0);
  CHECK(keep.target("select id from child where email = 'b@x'") == "2");
  CHECK(keep.target("select string_agg(key, ' ' order by key) from planrun.reject") == "[5] [6]");
}

}  // namespace lessons_test
