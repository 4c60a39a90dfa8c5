// Types of a PostgreSQL source's own, in a drafted plan of another PostgreSQL database: made before the
// tables, and taken back with them.
#include "support/support.h"

namespace postgres_types_test {

using namespace planrun::test;

namespace {

constexpr const char* kSource = R"~(
  create type mood as enum ('sad', 'ok', 'ha''ppy', 'back\slash');
  create type "Odd" as enum ('a');
  create domain posint as integer check (value > 0);
  create domain vowel as text collate "C" default 'a' not null check (value in ('a', 'e'));
  create domain moods as mood[] check (cardinality(value) < 3);
  create function even(x int) returns bool immutable language sql as 'select x % 2 = 0';
  create domain evenint as integer check (even(value));
  create table a(id int primary key, m mood not null default 'ok', ms mood[] default '{sad,ok}',
    n mood check (n <> 'sad'), o "Odd", p posint, v vowel, s moods, w vowel[], e evenint);
  create index a_m on a (m) where m = 'ok';
  create table b(m mood primary key, ref mood references b(m));
  insert into a values (1, 'ok', '{ok,"ha''ppy"}', 'ok', 'a', 5, 'e', '{ok}', '{a,e}', 2),
    (2, 'back\slash', null, null, null, null, default, null, null, null);
  create view fine as select m, array['ok'::mood] as l from b where ref = 'ok'::mood;
  insert into b values ('ok', 'ok'), ('sad', 'ok');)~";

// Enumerations with their labels, domains with their checks, and the columns that have them.
constexpr const char* kTypes =
    "select string_agg(format('%s %s %s %s', t.typname, t.typtype, (select string_agg(enumlabel, ',' order "
    "by "
    "enumsortorder) from pg_enum where enumtypid = t.oid), (select string_agg(pg_get_constraintdef(oid), "
    "',') "
    "from pg_constraint where contypid = t.oid)), ';' order by t.typname) from pg_type t where typtype in "
    "('e', "
    "'d') and typnamespace = 'public'::regnamespace and typname not in ('Odd', 'evenint')";
constexpr const char* kColumns =
    "select string_agg(format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), "
    "pg_get_expr(d.adbin, d.adrelid)), ';' order by c.relname, a.attnum) from pg_attribute a join pg_class c "
    "on "
    "c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where a.attnum > "
    "0 and "
    "c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname not in ('o', 'e')";

}  // namespace

TEST_CASE("enums and domains of a PostgreSQL source are made by the drafted plan, and taken back",
          "[cases][postgres]") {
  TempFolder folder;
  TempPostgres from;
  TempPostgres to;
  from.psql(kSource);
  const std::string plan = (folder / "plan.toml").string();
  const auto run = [&](const std::vector<std::string>& arguments) {
    const ProcessResult result = run_planrun(arguments, folder / "state");
    INFO(result.out << result.err);
    CHECK(result.status == 0);
    return result.out;
  };
  run({"init", from.url(), "--target", to.url(), "-o", plan});
  INFO(read_file(plan));
  CHECK_THAT(run({plan, "--dry-run"}),
             ContainsSubstring("type \"mood\" does not exist: left to the plan's own SQL"));
  CHECK(to.psql("select count(*) from pg_type where typname = 'mood'") == "0");
  run({plan});
  CHECK(to.psql(kTypes) == from.psql(kTypes));
  CHECK_THAT(to.psql(kTypes), ContainsSubstring("mood e sad,ok,ha'ppy,back\\slash"));
  CHECK(to.psql(kColumns) == from.psql(kColumns));
  for (const std::string table : {"a", "b"}) {
    const std::string rows = "select string_agg(t::text, ';' order by t::text) from " + table + " as t";
    CHECK(to.psql(rows) == from.psql(rows));
  }
  CHECK(to.psql("select pg_get_indexdef('a_m'::regclass)") ==
        from.psql("select pg_get_indexdef('a_m'::regclass)"));
  CHECK(to.psql("select pg_get_viewdef('fine'::regclass)") ==
        from.psql("select pg_get_viewdef('fine'::regclass)"));
  run({"verify", plan});
  run({"rollback", plan, "--yes"});
  CHECK(to.psql("select count(*) from pg_type where typnamespace = 'public'::regnamespace") == "0");
}

TEST_CASE("a type that neither the target nor a step of the plan makes is refused before anything is written",
          "[cases][postgres]") {
  TempFolder folder;
  TempPostgres to;
  sqlite3(folder / "s.db",
          "create table t(id integer primary key, m text); insert into t values (1, 'ok'), (2, 'odd')");
  const std::string plan = (folder / "plan.toml").string();
  const auto run = [&](const std::string& step) {
    write_file(
        plan,
        "[plan]\nname = \"types\"\n[source.s]\nurl = \"sqlite:s.db\"\n[target.t]\nurl = \"" + to.url() +
            "\"\ntypes = [\"mood\"]\n[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"int primary key "
            "default next_id()\"\nm = \"mood\"\n" +
            step);
    return run_planrun({plan}, folder / "state");
  };
  const ProcessResult without = run("");
  CHECK(without.status == 1);
  CHECK_THAT(without.err, ContainsSubstring("column t.m: type \"mood\" does not exist"));
  const std::string function = "create function next_id() returns int language sql as 'select 7';";
  const ProcessResult other = run("[[sql]]\nname = \"f\"\nat = \"before_load\"\nsql = \"" + function +
                                  "\"\nundo = \"drop function next_id()\"\n");
  CHECK(other.status == 1);
  CHECK_THAT(other.err, ContainsSubstring("column t.m: type \"mood\" does not exist"));
  CHECK(to.psql("select count(*) from pg_namespace where nspname = 'planrun'") == "0");
  // The value that the type does not have is a reject of the run, once the type is there.
  const ProcessResult made =
      run("[[sql]]\nname = \"both\"\nat = \"before_load\"\nsql = \"create type mood as enum "
          "('ok'); " +
          function + "\"\nundo = \"drop function next_id(); drop type mood\"\n");
  CHECK(made.status == 1);
  CHECK_THAT(made.out + made.err, ContainsSubstring("s.t key 2, column m: text 'odd'"));
  CHECK(to.psql("select to_regclass('t') is null") == "t");
  CHECK(run_planrun({"rollback", plan, "--yes"}, folder / "state").status == 0);
  CHECK(to.psql("select count(*) from pg_type where typname = 'mood'") == "0");
}

}  // namespace postgres_types_test
