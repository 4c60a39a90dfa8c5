// Views, triggers and SQL steps are steps of a run: done once, in order, seen afterwards, and taken back by
// their drop statements.
#include "base/json.h"
#include "plan/read_plan.h"
#include "plan/resolved_plan.h"
#include "postgres/dialect.h"
#include "sqlite/dialect.h"
#include "support/migration.h"

namespace objects_test {

using namespace planrun::test;

namespace {

const char* const kSource =
    "create table t(id integer primary key, v text, seen text);"
    "insert into t values (1,'a','2025-01-01 00:00:00'), (2,'b','2025-01-01 00:00:00');";

const std::string kTable =
    "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nv = \"text\"\nseen = "
    "\"timestamp\"\n";

const std::string kTrigger = R"(
[trigger.touch_t]
table = "t"
sql.postgresql = """
create function touch_t() returns trigger language plpgsql as $$
begin
  new.seen := '2030-01-01';
  return new;
end $$;
create trigger touch_t before update on t for each row execute function touch_t();
"""
sql.sqlite = """
create trigger touch_t after update of v on t begin
  update t set seen = '2030-01-01 00:00:00' where id = new.id;
end
"""
)";

const std::string kViews = R"(
[view.outer_view]
sql = "select count(*) as n from inner_view"
[view.inner_view]
sql = { postgresql = "select * from t where v ~ 'a'", sqlite = "select * from t where v glob '*a*'" }
)";

const std::string kSteps = R"toml(
[[sql]]
name = "early"
at   = "before_load"
sql  = "create table moments(moment text, n integer); insert into moments values ('early', 0)"
undo = "drop table moments"
[[sql]]
name = "late"
at   = "after_load"
sql  = "insert into moments select 'late', count(*) from t"
undo = "delete from moments where moment = 'late'"
[[sql]]
name = "last"
at   = "end"
sql  = "insert into moments select 'last', n from outer_view"
undo = "delete from moments where moment = 'last'"
)toml";

std::string steps_of(const Migration& m) {
  return m.target("select id from " + m.ledger("step") +
                  " where kind in ('view', 'trigger', 'sql') and state = "
                  "'done' order by id");
}

void check_made(Kind kind) {
  Migration m(kind, kSource, kTable + kTrigger + kViews + kSteps);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select moment, n from moments order by moment desc") == "late|2\nlast|1\nearly|0");
  CHECK(steps_of(m) == "sql early\nsql last\nsql late\ntrigger t touch_t\nview inner_view\nview outer_view");
  m.target("update t set v = 'ca' where id = 2");
  CHECK(m.target("select seen from t where id = 2") == "2030-01-01 00:00:00");
  CHECK(m.target("select n from outer_view") == "2");
  CHECK(
      m.target("select count(*) from " + m.ledger("check_result") +
               " where status = 'passed' and name in ('t: trigger touch_t', 'outer_view: view', 'inner_view: "
               "view')") == "3");
}

// The names of what is there beside the ledger and the tables.
std::string others(const Migration& m) {
  return m.target(
      m.kind() == Kind::sqlite
          ? "select name from sqlite_schema where type in ('trigger', 'view')"
          : "select tgname from pg_trigger where not tgisinternal union select relname from pg_class"
            " where relkind = 'v' and relnamespace = 'public'::regnamespace union select proname from "
            "pg_proc where pronamespace = 'public'::regnamespace");
}

void check_drops(Kind kind) {
  Migration m(kind, kSource, kTable + kTrigger + kViews + kSteps);
  REQUIRE(m.run().status == 0);
  CHECK_FALSE(others(m).empty());
  const auto dialect =
      kind == Kind::sqlite ? planrun::make_sqlite_dialect() : planrun::postgres_dialect("public");
  const auto plan = planrun::Json::parse(m.target("select resolved_plan from " + m.ledger("run")));
  auto objects = planrun::schema_objects(plan, dialect->name());
  REQUIRE(objects.size() == 6);
  // Newest first; the views' order is that of their steps, which the plan's own is not.
  std::reverse(objects.begin(), objects.end());
  std::swap(objects[1], objects[2]);
  std::string script = "begin;";
  for (const auto& object : objects) {
    for (const auto& sql : dialect->drop_statements(object, false)) script += sql + ";\n";
  }
  m.target(script + "commit;");
  CHECK(others(m).empty());
  CHECK(m.count("t") == "2");
}

void check_resume(Kind kind) {
  const std::string broken =
      "\n[[sql]]\nname = \"wrong\"\nat = \"end\"\nsql = \"insert into nowhere values (1)\"\n";
  Migration m(kind, kSource, kTable + kTrigger + kViews + kSteps + broken);
  const ProcessResult failed = m.run();
  INFO(failed.out << failed.err);
  REQUIRE(failed.status == 1);
  CHECK_THAT(failed.out + failed.err, ContainsSubstring("sql wrong"));
  CHECK(m.target("select count(*) from moments") == "3");

  SECTION("what is done is not done again, and a step that is not done may be mended") {
    m.write_plan(
        kTable + kTrigger + kViews + kSteps +
        "\n[[sql]]\nname = \"wrong\"\nat = \"end\"\nsql = \"insert into moments values ('mended', 9)\"\n");
    const ProcessResult r = m.run();
    INFO(r.out << r.err);
    CHECK(r.status == 0);
    CHECK_THAT(r.err, ContainsSubstring("sql wrong is not done yet: what the plan says now will be"));
    CHECK(m.target("select count(*), sum(n) from moments") == "4|12");
  }
  SECTION("a view that is made cannot change") {
    std::string changed = kViews;
    changed.replace(changed.find("count(*)"), 8, "max(id)");
    m.write_plan(kTable + kTrigger + changed + kSteps);
    const ProcessResult r = m.run();
    CHECK(r.status == 1);
    CHECK_THAT(r.err, ContainsSubstring("view outer_view is done already and sql was"));
  }
  SECTION("a trigger that is made cannot go") {
    m.write_plan(kTable + kViews + kSteps);
    const ProcessResult r = m.run();
    CHECK(r.status == 1);
    CHECK_THAT(r.err, ContainsSubstring("trigger t touch_t is done already and is gone from the plan"));
  }
}

// A view that somebody dropped is missed, although the ledger says that it was made.
void check_missed(Kind kind) {
  Migration m(
      kind, kSource,
      kTable + kViews + "\n[[sql]]\nname = \"thief\"\nat = \"end\"\nsql = \"drop view outer_view\"\n");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.err + r.out, ContainsSubstring("check outer_view: view: expected 1, found 0"));
}

// Names that somebody else has are told before anything is written.
void check_in_the_way(Kind kind) {
  Migration m(kind, kSource, kTable + kTrigger + kViews);
  m.target("create view inner_view as select 1 as x; create table outer_view(x int)");
  m.target(kind == Kind::sqlite
               ? "create table o(x); create trigger touch_t after insert on o begin select 1; end"
               : "create function touch_t() returns trigger language plpgsql as 'begin return new; end'");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("view inner_view: its name is taken in the target"));
  CHECK_THAT(r.err, ContainsSubstring("view outer_view: its name is taken in the target"));
  CHECK_THAT(r.err,
             ContainsSubstring("trigger t touch_t: its name, or its function's, is taken in the target"));
  CHECK(m.target("select * from inner_view") == "1");
}

}  // namespace

TEST_CASE("views, triggers and SQL steps are made in SQLite, each at its moment") {
  check_made(Kind::sqlite);
}
TEST_CASE("views, triggers and SQL steps are made in PostgreSQL, each at its moment", "[postgres]") {
  check_made(Kind::postgresql);
}

TEST_CASE("what a run made in SQLite goes by its drop statements, newest first") {
  check_drops(Kind::sqlite);
}
TEST_CASE("what a run made in PostgreSQL goes by its drop statements, functions too", "[postgres]") {
  check_drops(Kind::postgresql);
}

TEST_CASE("a run with a faulty SQL step goes on when it is mended, in SQLite") {
  check_resume(Kind::sqlite);
}
TEST_CASE("a run with a faulty SQL step goes on when it is mended, in PostgreSQL", "[postgres]") {
  check_resume(Kind::postgresql);
}

TEST_CASE("a view that is gone after the run is missed in SQLite") {
  check_missed(Kind::sqlite);
}
TEST_CASE("a view that is gone after the run is missed in PostgreSQL", "[postgres]") {
  check_missed(Kind::postgresql);
}

TEST_CASE("names in the way are told before the run, in SQLite") {
  check_in_the_way(Kind::sqlite);
}
TEST_CASE("names in the way are told before the run, in PostgreSQL", "[postgres]") {
  check_in_the_way(Kind::postgresql);
}

TEST_CASE("what a step at the end does to proved columns is found by the proof", "[postgres]") {
  Migration m(
      Kind::postgresql,
      "create table t(id integer primary key, v text); insert into t values (1, 'long enough')",
      "[table.t]\nfrom = \"s.t\"\n[[sql]]\nname = \"cut\"\nat = \"end\"\n"
      "sql = \"alter table t alter column v type varchar(4) using left(v, 4)\"\nundo = \"select 1\"\n");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 3);
  CHECK_THAT(r.out, ContainsSubstring("NOT PROVED") && ContainsSubstring("table t"));
}

TEST_CASE("SQLite's own grammar is asked before anything is written") {
  const std::string faults = R"(
[trigger.x]
table = "t"
sql = "create trigger x after update on t begin selct 1; end"
[trigger.y]
table = "t"
sql = "create trigger z after update on t begin select 1; end"
[view.w]
sql = { postgresql = "select 1", sqlite = "select nix from t" }
[[sql]]
name = "c"
at   = "end"
sql  = "create table other(x); commit"
)";
  Migration m(Kind::sqlite, kSource, kTable + faults);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("[trigger.x]: ") && ContainsSubstring("near \"selct\": syntax error") &&
                        ContainsSubstring("[trigger.y] does not make trigger y on table t") &&
                        ContainsSubstring("[view.w]: ") && ContainsSubstring("no such column: nix") &&
                        ContainsSubstring("[[sql]] c: ") && ContainsSubstring("a step is one transaction"));
  CHECK_FALSE(std::filesystem::exists(m.target_file()));
}

}  // namespace objects_test
