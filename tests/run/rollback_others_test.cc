// What others have made of what a run made, and hung on it: a rollback names all of it, or touches nothing.
#include <set>
#include <sstream>

#include "support/migration.h"
#include "support/target_state.h"

namespace rollback_others_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table a(id integer primary key, name text); insert into a values (1, 'x'), (2, 'z');"
    "create table b(id integer primary key, aid integer references a (id)); insert into b values (7, 1);";

const std::string kPlan =
    "[table.a]\nfrom = \"s.a\"\n[table.b]\nfrom = \"s.b\"\n[table.b.columns]\nid = \"bigint primary "
    "key\"\naid = \"bigint references a(id)\"\n"
    "[view.v]\nsql = \"select id, name from a where id > 0\"\n"
    "[view.w]\nsql = \"select v.id from v join b on b.aid = v.id\"\n";

const std::string kDiscarded = "warning: discarded: ";

const std::string kTrigger =
    "[trigger.tg]\ntable = \"a\"\nsql = \"create trigger tg after insert on a begin select 1; end\"\n";

/// A run that has passed, and what somebody has said to its target since.
struct Others {
  Others(Kind kind, const std::string& sql, const std::string& plan = kPlan) : m(kind, kSource, plan) {
    before = target_state(m.target_url());
    const ProcessResult r = m.run();
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
    m.target((kind == Kind::postgresql ? "set search_path = public; " : "") + sql);
    made = target_state(m.target_url());
  }

  /// The refusal's lines of what others have made.
  std::set<std::string> named() {
    const ProcessResult r = m.rollback();
    INFO(r.out << r.err);
    CHECK(r.status == 1);
    CHECK(target_state(m.target_url()) == made);
    CHECK(m.target("select state from " + m.ledger("run")) == "passed");
    std::set<std::string> lines;
    std::istringstream text(r.err);
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with("  ")) lines.insert(line.substr(2));
    }
    return lines;
  }

  /// What --discard-later says it has dropped.
  std::set<std::string> discarded() {
    const ProcessResult r = m.rollback({"--discard-later"});
    INFO(r.out << r.err);
    CHECK(r.status == 0);
    std::set<std::string> lines;
    std::istringstream text(r.err);
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with(kDiscarded)) lines.insert(line.substr(kDiscarded.size()));
    }
    return lines;
  }

  Migration m;
  std::string before;
  std::string made;
};

using Lines = std::set<std::string>;

/// Refused with these lines; discarded with the same; then the target is as before, but for `stays`.
void check_named(Kind kind, const std::string& sql, const Lines& lines, const std::string& stays = "",
                 const std::string& plan = kPlan) {
  Others others(kind, sql, plan);
  INFO(sql);
  CHECK(others.named() == lines);
  CHECK(others.discarded() == lines);
  if (!stays.empty()) others.m.target((kind == Kind::postgresql ? "set search_path = public; " : "") + stays);
  CHECK(target_state(others.m.target_url()) == others.before);
}

}  // namespace

TEST_CASE("rollback: what depends on a dependent is named as well", "[rollback][postgres]") {
  check_named(Kind::postgresql,
              "create view vv as select * from a; create view vvv as select * from vv;"
              "create materialized view mv as select * from vvv; create index on mv (id);"
              "create function ff(x vvv) returns int language sql as 'select 1';"
              "create table ot(id int, x vv, y vvv)",
              {"table a: column x of table ot", "table a: column y of table ot", "table a: function ff(vvv)",
               "table a: materialized view mv", "table a: view vv", "table a: view vvv"},
              "drop table ot");
}

TEST_CASE("rollback: what depends on a table's or view's row type is named", "[rollback][postgres]") {
  check_named(Kind::postgresql,
              "create domain dom as a[]; create table ot(id int, x dom, y v, z v[] default null);"
              "insert into ot values (1, array[row(1, 'a')::a], null, null)",
              {"table a: column x of table ot", "table a: type dom", "view v: column y of table ot",
               "view v: column z of table ot"},
              "drop table ot");
}

TEST_CASE("rollback: a view that others have made another one is named", "[rollback][postgres]") {
  check_named(Kind::postgresql, "create or replace view v as select id, name from a where id > 1",
              {"view v: another query, or other options, than the run's"});
  check_named(Kind::postgresql, "alter view v set (security_barrier = true)",
              {"view v: another query, or other options, than the run's"});
  check_named(Kind::sqlite,
              "drop view w; drop view v; create view v as select id, name from a where id > 1; "
              "create view w as select v.id from v join b on b.aid = v.id",
              {"view w: another text than the run's", "view v: another text than the run's"});
}

TEST_CASE("rollback: what others have hung on the run's view is named", "[rollback][postgres]") {
  check_named(Kind::postgresql,
              "create rule rr as on insert to v do instead insert into b values (new.id);"
              "alter view v alter name set default 'new'",
              {"view v: default value for column name of view v", "view v: rule rr"});
  check_named(Kind::postgresql,
              "create function f() returns trigger language plpgsql as 'begin return new; end';"
              "create trigger mine instead of insert on w for each row execute function f()",
              {"view w: trigger mine"}, "drop function f()");
  check_named(Kind::sqlite, "create trigger mine instead of insert on w begin select 1; end",
              {"view w: trigger mine"});
}

TEST_CASE("rollback: a sequence of others that goes with a column is named, one of the plan's is not",
          "[rollback][postgres]") {
  const std::string serial =
      "[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nid = \"bigserial primary key\"\nname = \"text\"\n";
  check_named(Kind::postgresql, "create sequence sq owned by a.id", {"table a: sequence sq"}, "", serial);
  check_named(Kind::postgresql, "create sequence sq owned by a.name", {"table a: sequence sq"}, "", serial);
}

TEST_CASE("rollback: a trigger that others have made another one is named, in SQLite", "[rollback]") {
  check_named(Kind::sqlite, "drop trigger tg; create trigger tg after insert on a begin select 2; end",
              {"trigger tg: another text than the run's"}, "", kPlan + kTrigger);
}

TEST_CASE("rollback: what others have put in the place of a table or view stays", "[rollback][postgres]") {
  check_named(
      Kind::postgresql, "drop view w; alter table b rename to b_old; create view b as select * from b_old;",
      {"table b: not there, and a view has its name",
       "table b: not there, but b_old has its columns: if it was renamed, its rows stay under that name",
       "table a: constraint b_aid_fkey on table b_old"},
      "drop view b; drop table b_old");
}

namespace {

void check_failing_undo(Kind kind) {
  const std::string plan = kPlan +
                           "[[sql]]\nname = \"extra\"\nat = \"after_load\"\n"
                           "sql = \"create table extra(id integer)\"\nundo = \"drop table extra\"\n";
  Others others(kind, "drop table extra; create table kept(id integer)", plan);
  const ProcessResult refused = others.m.rollback();
  INFO(refused.out << refused.err);
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err,
             ContainsSubstring("was not taken back, and nothing was changed: the `undo` of [[sql]] "
                               "extra failed") &&
                 ContainsSubstring("make again what it takes away"));
  CHECK(target_state(others.m.target_url()) == others.made);
  const ProcessResult discarded = others.m.rollback({"--discard-later"});
  INFO(discarded.out << discarded.err);
  CHECK(discarded.status == 0);
  CHECK_THAT(discarded.err, ContainsSubstring("the `undo` of [[sql]] extra failed, and what it did stays"));
  others.m.target("drop table kept");
  CHECK(target_state(others.m.target_url()) == others.before);
}

const std::string kUpsert = "[table.a]\nfrom = \"s.a\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n";

/// `late`: what others do after the run, so that the row of key 1 cannot have its old name again; `mended`
/// lets it.
void check_row_that_fits_no_more(Kind kind, const std::string& late, const std::string& mended) {
  Migration m(kind, kSource, kUpsert);
  const std::string path = kind == Kind::postgresql ? "set search_path = public; " : "";
  m.target(path + "create table a(id bigint primary key, name text unique); insert into a values (1, 'old')");
  REQUIRE(m.run().status == 0);
  m.target(path + late);
  const std::string made = target_state(m.target_url());
  for (const auto& more : {std::vector<std::string>{}, std::vector<std::string>{"--discard-later"}}) {
    const ProcessResult refused = m.rollback(more);
    INFO(refused.out << refused.err);
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, ContainsSubstring("nothing was taken back: row ") &&
                                ContainsSubstring("table ") &&
                                ContainsSubstring("cannot be what it was before the run") &&
                                ContainsSubstring("run the same command again"));
    CHECK(target_state(m.target_url()) == made);
  }
  m.target(path + mended);
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select id, name from a where id < 50") == "1|old");
}

}  // namespace

TEST_CASE("rollback: an `undo` that fails by itself is named, in SQLite", "[rollback]") {
  check_failing_undo(Kind::sqlite);
}
TEST_CASE("rollback: an `undo` that fails by itself is named, in PostgreSQL", "[rollback][postgres]") {
  check_failing_undo(Kind::postgresql);
}

TEST_CASE("rollback: the rows of a table that others have changed in its columns are counted",
          "[rollback][postgres]") {
  const Kind kind = GENERATE(Kind::sqlite, Kind::postgresql);
  Others others(kind, "alter table a rename column name to nm", "[table.a]\nfrom = \"s.a\"\n");
  const ProcessResult r = others.m.rollback({"--discard-later"});
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  std::istringstream text(r.out);
  std::string line;
  while (std::getline(text, line) && line.find(" dropped") == std::string::npos) {
  }
  std::istringstream cells(line);
  std::string table;
  std::string rows;
  cells >> table >> rows;
  CHECK(table + " " + rows == "a 2");
}

TEST_CASE("rollback: a row that cannot be what it was is named", "[rollback][postgres]") {
  const Kind kind = GENERATE(Kind::sqlite, Kind::postgresql);
  check_row_that_fits_no_more(kind, "insert into a values (50, 'old')", "delete from a where id = 50");
  if (kind == Kind::postgresql) {
    check_row_that_fits_no_more(kind, "alter table a add constraint short check (length(name) < 3)",
                                "alter table a drop constraint short");
  }
}

}  // namespace rollback_others_test
