// Mistakes in views, triggers and SQL steps; lines and columns counted by hand.
#include <set>

#include "base/json.h"
#include "plan/lint.h"
#include "plan/resolved_plan.h"
#include "sql/script.h"
#include "support/catch.h"

namespace objects_test {

using namespace planrun;
using namespace planrun::test;

namespace {

constexpr const char* kTable = "\n[table.a]\nfrom = \"s.a\"\n";
constexpr const char* kPostgres =
    "[plan]\nname = \"p\"\n[source.s]\nurl = \"sqlite:s.db\"\n[target.t]\nurl = \"postgresql://h/d\"\n";

void check_all(const std::vector<LintCase>& cases, const char* rest) {
  for (const auto& c : cases) {
    INFO(c.text);
    CHECK(lint(std::string(c.text) + kTable + rest) == c.expected);
  }
}

}  // namespace

TEST_CASE("triggers are held against the plan, and their SQL for PostgreSQL against its grammar") {
  check_all(
      {
          {"[trigger.x]\ntable = \"b\"\nsql = \"create trigger x before update on b execute function f()\"",
           {"2:9: `table` names `b`, which is no table of the plan"}},
          {"[trigger.x]\nsq = 1",
           {"1:10: [trigger.x] has no `table`", "1:10: [trigger.x] has no `sql`",
            "2:1: unknown key `sq` in [trigger.x] (did you mean `sql`?)"}},
          {"[trigger.x]\ntable = \"a\"\nsql.sqlite = \"create trigger x\"",
           {"3:1: [trigger.x] has no SQL for postgresql, which target `t` is"}},
          {"[trigger.x]\ntable = \"a\"\nsql = \"\"\"\ncreate trigger x before updat on a execute function "
           "f()\"\"\"",
           {"4:25: syntax error at or near \"updat\""}},
          {"[trigger.x]\ntable = \"a\"\nsql = \"create trigger y before update on a execute function f()\"",
           {"3:8: [trigger.x] makes a trigger `y` (the section's name is the trigger's; each has a section "
            "of "
            "its own)"}},
          {"[trigger.x]\ntable = \"a\"\nsql = \"create trigger x before update on b execute function f()\"",
           {"3:8: [trigger.x] stands on `b` in its SQL, and on `a` in `table`"}},
          {"[trigger.x]\ntable = \"a\"\nsql = \"create function f() returns trigger language sql as ''; drop "
           "table "
           "b\"",
           {"3:7: [trigger.x] makes no trigger (create trigger x ...)",
            "3:64: [trigger.x] holds a statement that makes neither its trigger nor a function (put it into "
            "a "
            "[[sql]])"}},
      },
      kPostgres);
}

TEST_CASE("a function of two triggers is made once") {
  const std::string one =
      "table = \"a\"\nsql = \"create or replace function f() returns trigger language sql as ''; create "
      "trigger ";
  const std::string rest = " before update on a execute function f()\"\n";
  CHECK(lint("[trigger.x]\n" + one + "x" + rest + "[trigger.y]\n" + one + "y" + rest + kTable + kPostgres) ==
        std::vector<std::string>{
            "6:8: function \"f\" is made by [trigger.x] as well (make it once, in a [[sql]] "
            "with at = \"before_load\")"});
}

TEST_CASE("SQL steps are one transaction, and leave proved rows alone") {
  check_all(
      {
          {"[[sql]]\nsql = \"select 1\"",
           {"1:1: [[sql]] has no `name` (the ledger calls it so)",
            "1:1: [[sql]] has no `at` (\"before_load\", \"after_load\" or \"end\")",
            "1:1: warning[P033]: [[sql]] has no `undo`: a run with it cannot be rolled back (undo = the "
            "statements "
            "that "
            "take it back)"}},
          {"[[sql]]\nname = \"x\"\nat = \"later\"\nsql = \"\"\n[[sql]]\nname = \"x\"\nat = \"end\"\n"
           "sql.postgresql = \"\"\nsql.sqlite = \"select 1\"",
           {"3:6: `at` is \"before_load\", \"after_load\" or \"end\", not 'later'", "4:7: no SQL is here",
            "6:8: a second [[sql]] is called `x` (the ledger tells them apart by their names)"}},
          {"[[sql]]\nname = \"x\"\nat = \"end\"\nsql = \"insert into z values (1); update a set v = "
           "1\"\nundo = "
           "\"delete from z\"",
           {"4:34: [[sql]] x writes into `a` after its rows were proved (say it in the table's columns "
            "(`expr`, "
            "`value`))"}},
          {"[[sql]]\nname = \"x\"\nat = \"before_load\"\nsql = \"begin; set work_mem = '1GB'; vacuum\"\nundo "
           "= "
           "\"drop tabl x\"",
           {"4:8: a step is one transaction, and ends by itself",
            "4:15: the setting would outlast the step: say SET LOCAL",
            "4:37: PostgreSQL does this in no transaction, and a step is one",
            "5:14: syntax error at or near \"tabl\""}},
          {"[sql]\nname = \"x\"", {"1:2: `sql` at the top of a plan is a list of steps ([[sql]])"}},
          {"sql = [1]", {"1:8: `sql` holds sections [[sql]], not a whole number"}},
      },
      kPostgres);
}

TEST_CASE("a SQL step for SQLite leaves proved rows alone too, as far as both grammars go") {
  CHECK(lint("[[sql]]\nname = \"x\"\nat = \"end\"\nundo = \"select 1\"\nsql = \"select 1; delete from a\"" +
             std::string(kTable) + kRest) ==
        std::vector<std::string>{
            "5:18: [[sql]] x writes into `a` after its rows were proved (say it in the table's "
            "columns (`expr`, `value`))"});
}

TEST_CASE("a script is taken apart into what it makes and writes") {
  const auto script = parse_script(
      "create function s.f() returns trigger language sql as 'x';\n create trigger \"T\" after insert on s.a "
      "execute "
      "function f(); with w as (delete from b returning 1) insert into c select 1; comment on table a is "
      "'x'; "
      "analyze; truncate d, e");
  REQUIRE(script);
  const auto& found = *script.value;
  REQUIRE(found.size() == 6);
  CHECK(found[0].function == "\"s\".\"f\"");
  CHECK(found[1].trigger == "T");
  CHECK(found[1].trigger_table == "a");
  CHECK(found[1].offset == 60);
  CHECK(std::set<std::string>(found[2].writes.begin(), found[2].writes.end()) ==
        std::set<std::string>{"b", "c"});
  CHECK(found[3].comment);
  CHECK(found[4].refused.empty());
  CHECK(found[5].writes == std::vector<std::string>{"d", "e"});
}

TEST_CASE("the resolved plan's JSON gives back what one dialect makes, in the order in which it is made") {
  ResolvedPlan plan;
  PlanView view;
  view.name = "v";
  view.sql.any = "select 1";
  PlanSqlStep step;
  step.name = "x";
  step.sql.by_dialect = {{"postgresql", "p"}, {"sqlite", "s"}};
  step.undo.by_dialect = {{"sqlite", "u"}};
  PlanTrigger trigger;
  trigger.name = "t";
  trigger.table.text = "a";
  trigger.sql.any = "make t";
  plan.views = {view};
  plan.sql_steps = {step, step};
  plan.sql_steps[1].name = "early";
  plan.sql_steps[1].when = SqlMoment::before_load;
  plan.triggers = {trigger};
  const auto objects = schema_objects(to_json(plan), "sqlite");
  REQUIRE(objects.size() == 4);
  CHECK(step_id(objects[0]) == "sql early");
  CHECK(step_id(objects[1]) == "trigger a t");
  CHECK(objects[1].sql == "make t");
  CHECK(step_id(objects[2]) == "view v");
  CHECK(step_id(objects[3]) == "sql x");
  CHECK(objects[3].sql == "s");
  CHECK(objects[3].undo == "u");
  CHECK(schema_objects(to_json(plan), "postgresql")[3].undo.empty());
}

}  // namespace objects_test
