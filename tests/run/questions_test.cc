// What a plan asks its databases is tried before the first row is written: a name that will not be there is
// told by the preview and the run, with its place, and nothing that could be answered is refused.
#include "support/migration.h"
#include "support/target_state.h"

namespace questions_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table a(id integer primary key, v text); insert into a values (1,'x'),(2,'y');";
const std::string kTable =
    "[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nid = \"serial primary key\"\n\"*\" = \"inherit\"\n";

std::string check(const std::string& name, const std::string& sql, const std::string& expect) {
  return "[check." + name + "]\nsql = \"" + sql + "\"\nexpect = \"" + expect + "\"\n";
}

void check_refused(Migration m, const std::string& words) {
  const std::string before = target_state(m.target_url());
  for (const auto& how : {std::vector<std::string>{}, {"--dry-run"}}) {
    const ProcessResult r = m.run(how);
    INFO(r.out << r.err);
    CHECK(r.status == 2);
    CHECK_THAT(r.err, ContainsSubstring("error[P055]: " + words));
    CHECK(target_state(m.target_url()) == before);
  }
}

void check_names(Kind kind) {
  const bool is_server = kind == Kind::postgresql;
  const auto refused = [&](const std::string& more, const std::string& sqlite, const std::string& server) {
    INFO(more);
    check_refused(Migration(kind, kSource, kTable + more), is_server ? server : sqlite);
  };
  refused(check("c", "select count(*) from aa", "2"), "check c: ", "check c: relation \"aa\" does not exist");
  refused(check("c", "select count(*) from Aa", "2"), "check c: ", "check c: relation \"aa\" does not exist");
  refused(check("c", "select count(w) from a", "2"), "check c: ", "check c: column \"w\" does not exist");
  refused("[view.n]\nsql = \"select id from aa\"\n" + check("c", "select count(*) from n", "2"),
          "view n: ", "view n: relation \"aa\" does not exist");
  refused(
      "[check.c]\nsql = \"select count(*) from a\"\nsource = \"s\"\nsource_sql = \"select count(*) from "
      "aa\"\n",
      "check c: ", "check c: ");
}

void check_answerable(Kind kind) {
  const bool is_server = kind == Kind::postgresql;
  Migration m(
      kind, kSource,
      kTable + "[view.n]\nsql = \"select id from m\"\n[view.m]\nsql = \"select id, v from a;\"\n" +
          check("views", "select count(*) from n join m using (id)", "2") +
          check("with_name", "with b as (select * from a) select count(*) from b -- all", "2") +
          check("ledger", is_server ? "select count(*) from planrun.run" : "select count(*) from planrun_run",
                "1") +
          check("own_column",
                is_server ? "select count(ctid) from public.a" : "select count(rowid) from main.a", "2") +
          check("catalog",
                is_server ? "select count(*) from pg_index where indrelid = 'a'::regclass"
                          : "select count(*) from sqlite_sequence where name = 'none'",
                is_server ? "1" : "0") +
          check("sequence", is_server ? "select last_value from a_id_seq" : "select 2", "2") +
          check("made", "select count(n) from noted", "0") +
          "[[sql]]\nname = \"note\"\nat = \"after_load\"\n"
          "sql = \"create table noted(n integer)\"\n"
          "undo = \"drop table noted\"\n");
  for (const auto& how : {std::vector<std::string>{"--dry-run"}, {}}) {
    const ProcessResult r = m.run(how);
    INFO(r.out << r.err);
    CHECK(r.status == 0);
  }
}

}  // namespace

TEST_CASE("a question that names what will not be there is told before the first row in SQLite") {
  check_names(Kind::sqlite);
}

TEST_CASE("a question that names what will not be there is told before the first row in PostgreSQL",
          "[postgres]") {
  check_names(Kind::postgresql);
}

TEST_CASE("questions that a run will be able to answer are not refused in SQLite") {
  check_answerable(Kind::sqlite);
}

TEST_CASE("questions that a run will be able to answer are not refused in PostgreSQL", "[postgres]") {
  check_answerable(Kind::postgresql);
}

TEST_CASE("a question is not refused where a step of the plan runs code that may make its table",
          "[postgres]") {
  Migration m(Kind::postgresql, kSource,
              kTable + check("c", "select count(*) from told", "0") +
                  "[[sql]]\nname = \"tell\"\nat = \"after_load\"\nsql = \"do $$ begin execute 'create table "
                  "to' || 'ld(n "
                  "integer)'; end $$\"\nundo = \"drop table told\"\n");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
}

TEST_CASE("a check of a table that this user may not read is told before the first row", "[postgres]") {
  Migration m(Kind::postgresql, kSource,
              kTable + check("c", "select count(*) from pg_authid where false", "0"));
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 2);
  CHECK_THAT(r.err, ContainsSubstring("permission denied for table pg_authid"));
}

}  // namespace questions_test
