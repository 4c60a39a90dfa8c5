// Foreign keys of tables that exist which no order of rows satisfies: the run drops them and puts them back,
// and whatever becomes of the run they end as they were, says the server's own catalog.
#include "support/kill_anywhere.h"
#include "support/migration.h"
#include "support/target_state.h"

namespace restored_keys_test {

using namespace planrun::test;

namespace {

// Each of three loads has rows that refer to rows of another one.
constexpr const char* kEmployees =
    "create table employees (id integer primary key, name text, manager_id integer);"
    "insert into employees values (1, 'Ada', 6), (2, 'Ben', 4), (3, 'Cy', 5), (4, 'Di', null), (5, 'Ed', 1),"
    "(6, 'Flo', 100);";

constexpr const char* kThere =
    "create table employees (id int primary key, name text not null, manager_id int, note text default 'n',"
    " constraint employees_manager foreign key (manager_id) references employees (id)"
    " on update cascade on delete set null (manager_id) deferrable initially deferred);"
    "comment on constraint employees_manager on employees is 'who it''s led by';"
    "insert into employees values (100, 'Boss', null, 'old'), (101, 'Vice', 100, 'old')";

constexpr const char* kPlan =
    "[table.employees]\nexists = true\nrestore_foreign_keys = [\"employees_manager\"]\n"
    "[table.employees.load.a]\nfrom = \"s.employees\"\nwhere = \"id % 3 = 0\"\n"
    "[table.employees.load.b]\nfrom = \"s.employees\"\nwhere = \"id % 3 = 1\"\n"
    "[table.employees.load.c]\nfrom = \"s.employees\"\nwhere = \"id % 3 = 2\"\n";

constexpr const char* kDefinitions =
    "select conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated, obj_description(oid) from "
    "pg_constraint where contype = 'f' order by 1, 2";
constexpr const char* kRows = "select id, name, manager_id, note from employees order by id";

// Two tables that refer to each other, neither first.
constexpr const char* kCircle =
    "create table teams (id integer primary key, lead integer);"
    "create table members (id integer primary key, team integer);"
    "insert into teams values (1, 11), (2, 12); insert into members values (11, 1), (12, 2), (13, 1);";
constexpr const char* kCirclePlan =
    "[table.teams]\nfrom = \"s.teams\"\nexists = true\nrestore_foreign_keys = [\"teams_lead\"]\n"
    "[table.members]\nfrom = \"s.members\"\nexists = true\n";

std::string circle(const std::string& deferrable) {
  return "create table teams (id int primary key, lead int not null);"
         "create table members (id int primary key, team int not null, constraint members_team foreign key "
         "(team) references teams (id) on delete cascade" +
         deferrable +
         "); insert into teams values (9, 90); insert into members values (90, 9);"
         "alter table teams add constraint teams_lead foreign key (lead) references members (id) match full" +
         deferrable;
}

void check_circle(const std::string& deferrable) {
  Migration m(Kind::postgresql, kCircle, kCirclePlan);
  m.target(circle(deferrable));
  const std::string definitions = m.target(kDefinitions);
  const std::string before = target_state(m.target_url());
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(m.target("select id, lead from teams order by id") == "1|11\n2|12\n9|90");
  CHECK(m.target("select id, team from members order by id") == "11|1\n12|2\n13|1\n90|9");
  CHECK(m.target(kDefinitions) == definitions);
  const ProcessResult back = m.rollback();
  INFO(back.out << back.err);
  REQUIRE(back.status == 0);
  CHECK(target_state(m.target_url()) == before);
}

}  // namespace

TEST_CASE("a self reference that no order satisfies is dropped for the rows and put back", "[postgres]") {
  Migration m(Kind::postgresql, kEmployees, kPlan);
  m.target(kThere);
  const std::string definitions = m.target(kDefinitions);
  const std::string before = target_state(m.target_url());
  REQUIRE(
      definitions ==
      "employees|employees_manager|FOREIGN KEY (manager_id) REFERENCES employees(id) ON UPDATE CASCADE ON "
      "DELETE SET NULL (manager_id) DEFERRABLE INITIALLY DEFERRED|t|who it's led by");
  const ProcessResult preview = m.dry_run();
  INFO(preview.out << preview.err);
  CHECK(preview.status == 0);
  CHECK_THAT(preview.out, ContainsSubstring("DROP CONSTRAINT \"employees_manager\"") &&
                              ContainsSubstring("INITIALLY DEFERRED NOT VALID"));
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(m.target(kRows) ==
        "1|Ada|6|n\n2|Ben|4|n\n3|Cy|5|n\n4|Di||n\n5|Ed|1|n\n6|Flo|100|n\n100|Boss||old\n101|Vice|100|old");
  CHECK(m.target(kDefinitions) == definitions);
  CHECK(m.target("select count(*) from " + m.ledger("chunk") +
                 " where state = 'done' and rows_written > 0") == "3");
  CHECK(m.target("select status from " + m.ledger("check_result") +
                 " where name like '%employees_manager'") == "passed");
  CHECK_THAT(m.run().out, ContainsSubstring("already done"));
  const ProcessResult back = m.rollback();
  INFO(back.out << back.err);
  REQUIRE(back.status == 0);
  CHECK_THAT(back.out, ContainsSubstring("foreign key employees_manager restored"));
  CHECK(target_state(m.target_url()) == before);
}

TEST_CASE("two tables that refer to each other are loaded, and taken back", "[postgres]") {
  SECTION("at once") {
    check_circle("");
  }
  SECTION("deferrable") {
    check_circle(" deferrable");
  }
  SECTION("deferred") {
    check_circle(" deferrable initially deferred");
  }
}

TEST_CASE("without a word on a circle the run stops at the server's refusal, and loses nothing",
          "[postgres]") {
  Migration m(Kind::postgresql, kEmployees, "[table.employees]\nfrom = \"s.employees\"\nexists = true\n");
  m.target(
      "create table employees (id int primary key, name text, manager_id int references employees (id))");
  const ProcessResult run = m.run();
  CHECK(run.status == 1);
  CHECK_THAT(run.err, ContainsSubstring("goes round (employees -> employees)") &&
                          ContainsSubstring("restore_foreign_keys = [\"employees_manager_id_fkey\"]"));
  CHECK(m.count("employees") == "0");
}

TEST_CASE("rows that refer to nothing are named before anything is written", "[postgres]") {
  Migration m(Kind::postgresql, std::string(kEmployees) + "insert into employees values (7, 'Gus', 99);",
              kPlan);
  m.target(kThere);
  const std::string before = target_state(m.target_url());
  const ProcessResult preview = m.dry_run();
  CHECK(preview.status != 0);
  CHECK_THAT(preview.out, ContainsSubstring("no row of employees for manager_id (employees_manager)") &&
                              ContainsSubstring("id 7, manager_id 99"));
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  CHECK(run.status == 1);
  CHECK_THAT(run.err, ContainsSubstring("id 7, manager_id 99") && ContainsSubstring("nothing was written"));
  CHECK_THAT(run.err, !ContainsSubstring("id 6"));
  CHECK(target_state(m.target_url()) == before);
  CHECK(m.target("select count(*) from " + m.ledger("run")) == "0");
}

TEST_CASE("a failed check with on_failure = \"rollback\" leaves the key as it was", "[postgres]") {
  Migration m(Kind::postgresql, kEmployees,
              std::string(kPlan) + "[check.rows]\nsql = \"select count(*) from employees\"\nexpect = \"3\"\n",
              "on_failure = \"rollback\"\n");
  m.target(kThere);
  const std::string before = target_state(m.target_url());
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  CHECK(run.status == 3);
  CHECK_THAT(run.out, ContainsSubstring("was rolled back"));
  CHECK(target_state(m.target_url()) == before);
}

TEST_CASE("a run that fails in between says that the key is dropped; mended, it goes on and puts it back",
          "[postgres]") {
  Migration m(Kind::postgresql,
              std::string(kEmployees) + "update employees set name = 'two words' where id = 2;", kPlan);
  m.target(kThere);
  m.target("alter table employees add constraint short check (length(name) < 8)");
  const std::string before = target_state(m.target_url());
  const std::string definitions = m.target(kDefinitions);
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  CHECK(run.status == 1);
  CHECK_THAT(run.err, ContainsSubstring("foreign key employees_manager of table employees is dropped until"));
  CHECK(m.target(kDefinitions).empty());
  // What the run has dropped must stay in the plan.
  m.write_plan(std::string(kPlan).replace(31, 45, ""));
  const ProcessResult without = m.run();
  CHECK(without.status == 1);
  CHECK_THAT(without.err, ContainsSubstring("would not put it back"));
  m.write_plan(kPlan);
  SECTION("taken back") {
    CHECK(m.rollback().status == 0);
    CHECK(target_state(m.target_url()) == before);
  }
  SECTION("gone on with") {
    m.target("alter table employees drop constraint short");
    CHECK(m.run().status == 0);
    CHECK(m.target(kDefinitions) == definitions);
  }
  SECTION("rows that others have put there meanwhile refuse the rollback by name") {
    m.target("insert into employees values (200, 'New', 3)");
    const ProcessResult back = m.rollback();
    CHECK(back.status != 0);
    CHECK_THAT(back.err, ContainsSubstring("refer by employees_manager") && ContainsSubstring("(3)"));
    m.target("delete from employees where id = 200");
    CHECK(m.rollback().status == 0);
    CHECK(target_state(m.target_url()) == before);
  }
}

TEST_CASE("a key that somebody has changed after the run is not taken away by its rollback", "[postgres]") {
  Migration m(Kind::postgresql, kEmployees, kPlan);
  m.target(kThere);
  const std::string definitions = m.target(kDefinitions);
  REQUIRE(m.run().status == 0);
  m.target(
      "alter table employees drop constraint employees_manager, add constraint employees_manager foreign key "
      "(manager_id) references employees (id) on delete cascade");
  const ProcessResult back = m.rollback();
  CHECK(back.status != 0);
  CHECK_THAT(back.err, ContainsSubstring("foreign key employees_manager is not what the run put back"));
  CHECK(m.count("employees") == "8");
  const ProcessResult discarded = m.rollback({"--discard-later"});
  CHECK(discarded.status == 0);
  CHECK(m.target(kDefinitions) == definitions);
}

TEST_CASE("who does not own the table is told so before anything is written", "[postgres]") {
  Migration m(Kind::postgresql, kEmployees, kPlan);
  m.target(kThere);
  m.target("grant all on employees to planrun");
  const std::string url = m.target_url();
  const std::string admin =
      std::string(url).replace(url.find("//") + 2, url.find('@') - url.find("//") - 2, "postgres");
  const ProcessResult given = run_process({"psql", "-Xq", admin, "-c",
                                           "alter table employees owner to postgres; grant select, insert, "
                                           "update, delete on employees to planrun"});
  INFO(given.err);
  REQUIRE(given.status == 0);
  const ProcessResult run = m.run();
  CHECK(run.status == 1);
  CHECK_THAT(run.err, ContainsSubstring("may not drop and restore foreign key employees_manager") &&
                          ContainsSubstring("only the table's owner postgres may") &&
                          ContainsSubstring("GRANT postgres TO") && ContainsSubstring("GRANT REFERENCES ON"));
  CHECK(m.count("employees") == "2");
}

TEST_CASE("a change of what is restored is told to a reviewer", "[postgres]") {
  Migration m(Kind::postgresql, kEmployees, kPlan);
  const std::string before = m.plan_file().string() + ".before";
  std::filesystem::copy_file(m.plan_file(), before);
  m.write_plan(std::string(kPlan).replace(31, 45, ""));
  const ProcessResult diff =
      run_planrun({"diff", before, m.plan_file().string(), "--format", "json"}, m.state());
  INFO(diff.out << diff.err);
  CHECK(diff.status == 0);
  CHECK_THAT(diff.out, ContainsSubstring("restored_keys_changed") && ContainsSubstring("employees_manager"));
}

TEST_CASE("a foreign key that was not valid comes back so", "[postgres]") {
  Migration m(Kind::postgresql, kEmployees, kPlan);
  m.target(
      "create table employees (id int primary key, name text, manager_id int);"
      "insert into employees values (100, 'Boss', 1000);"
      "alter table employees add constraint employees_manager foreign key (manager_id) references employees "
      "(id) not valid");
  const std::string definitions = m.target(kDefinitions);
  REQUIRE_THAT(definitions, ContainsSubstring("NOT VALID"));
  const ProcessResult run = m.run();
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  CHECK(m.target(kDefinitions) == definitions);
  CHECK(m.rollback().status == 0);
  CHECK(m.target(kDefinitions) == definitions);
}

TEST_CASE("which foreign keys can be restored is said where the plan is read") {
  Migration m(Kind::sqlite, kEmployees,
              "[table.employees]\nfrom = \"s.employees\"\nexists = true\nrestore_foreign_keys = [\"x\"]\n"
              "[table.other]\nfrom = \"s.employees\"\nrestore_foreign_keys = [\"x\"]\n");
  const ProcessResult lint = run_planrun({"lint", m.plan_file().string()}, m.state());
  CHECK(lint.status == 2);
  CHECK_THAT(lint.out + lint.err, ContainsSubstring("goes into a SQLite file") &&
                                      ContainsSubstring("[table.other] is made by the plan"));
}

TEST_CASE("a foreign key that is not there, or needs no restoring, is named", "[postgres]") {
  Migration m(Kind::postgresql, kCircle,
              "[table.teams]\nfrom = \"s.teams\"\nexists = true\nrestore_foreign_keys = [\"team_lead\", "
              "\"teams_lead\"]\n");
  m.target(circle(""));
  const ProcessResult run = m.run();
  CHECK(run.status == 2);
  CHECK_THAT(run.err, ContainsSubstring("has no foreign key `team_lead`") &&
                          ContainsSubstring("it has teams_lead") &&
                          ContainsSubstring("refers to members, which the plan does not load"));
}

TEST_CASE("kill: a run that drops foreign keys, anywhere", "[slow][kill][postgres]") {
  int dropped = 0;
  KilledRuns runs;
  runs.make = [] {
    auto m = std::make_unique<Migration>(Kind::postgresql, kCircle, kCirclePlan);
    m->target(circle(" deferrable"));
    return m;
  };
  runs.look_at_killed = [&](const Migration& m) {
    if (m.target("select count(*) from pg_constraint where conname = 'teams_lead'") == "0") ++dropped;
  };
  kill_anywhere(runs);
  CHECK(dropped > 0);
}

}  // namespace restored_keys_test
