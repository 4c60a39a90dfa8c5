// Mistakes in checks, guards and views; lines and columns counted by hand.
#include "plan/lint.h"
#include "support/catch.h"

namespace checks_test {

using namespace planrun;
using namespace planrun::test;

namespace {

void check_all(const std::vector<LintCase>& cases) {
  for (const auto& c : cases) {
    INFO(c.text);
    CHECK(lint(std::string(c.text) + "\n[table.a]\nfrom = \"s.a\"\n" + kRest) == c.expected);
  }
}

}  // namespace

TEST_CASE("checks") {
  check_all({
      {"[check.x]\nexpect = 3\n[check.y]\nsql = \"select 1\"\nexpect = 3\nsource = \"s\"\nsource_sql = "
       "\"select 1\"",
       {"1:8: [check.x] has no `sql`",
        "7:1: `source_sql` stands beside `expect` (the expected value comes from one)"}},
      {"[check.x]\nsql = \"select 1\"\nsource_sql = \"select 1\"\n[check.y]\nsql = \"select 1\"\nsource = "
       "\"z\"\n"
       "[check.z]\nsql = \"select 1\"",
       {"3:1: `source_sql` needs `source`", "6:1: `source` needs `source_sql`",
        "6:10: there is no source `z`",
        "7:8: [check.z] does not say what is expected (`expect`, or `source` and `source_sql`; severity = "
        "\"info\" only "
        "shows the value)"}},
      {"[check.x]\nsql = \"selct 1\"\nexpect = 1\n[check.y]\nsql = \"\"\"\nselect 1\nfrm x y "
       "z\n\"\"\"\nexpect = 1",
       {"2:8: syntax error at or near \"selct\"", "7:5: syntax error at or near \"x\""}},
      {"[check.x]\nsql = \"select 1; select 2\"\nexpect = 1\n[check.y]\nsql = \"delete from a\"\nexpect = 1",
       {"2:18: more than one statement", "5:8: is no query: it begins with select, with or values"}},
      {"[check.x]\nexpect = 1\nsql = { postgresql = \"selct\", sqlit = \"x\" }",
       {"3:7: [check.x] has no SQL for sqlite, which target `t` is",
        "3:23: syntax error at or near \"selct\"",
        "3:31: unknown key `sqlit` in `sql` of [check.x] (did you mean `sqlite`?)"}},
      {"[check.x]\nsql = { sqlite = \"select group_concat(a, ',') from x indexed by y\" }\nexpect = "
       "true\ntarget = \"u\"",
       {"4:10: there is no target `u`"}},
      {"[check.x]\nsql = \"select 1\"\nexpect = 1\ntolerance = \"abc\"\nseverity = \"fatal\"\nseverty = 3\n"
       "[check.y]\nsql = \"select 1\"\nexpect = 1\ntolerance = { warning = -1, critcal = 4 }\n"
       "[check.z]\nsql = \"select 1\"\nexpect = 1\ntolerance = true",
       {"4:13: 'abc' is no tolerance (a number of 0 or more, or \"5%\")",
        "5:12: `severity` is \"critical\", \"warning\" or \"info\", not 'fatal'",
        "6:1: unknown key `severty` in [check.x] (did you mean `severity`?)",
        "10:13: `tolerance` has no `critical` (above it the check fails)",
        "10:25: '-1' is no tolerance (a number of 0 or more, or \"5%\")",
        "10:29: unknown key `critcal` in `tolerance` (did you mean `critical`?)",
        "14:13: `tolerance` takes a number, \"5%\" or { warning = ..., critical = ... }, not a boolean"}},
      {"[check.y]\nuse = \"json_shap\"\nsql = \"select 1\"\n[check.z]\nsql = \"select 1\"\nexpect = "
       "1\ntable = \"a\"",
       {"2:7: there is no check `json_shap` in checks/ or ../checks/ beside the plan (did you mean "
        "`json_shape`?)",
        "3:1: `sql` and `use` stand side by side (a check has one of them)",
        "7:1: unknown key `table` in [check.z]"}},
      {"[check.\"a b\"]\nsql = \"select 1\"\nexpect = 1",
       {"1:8: 'a b' is no name for a check (1 to 63 letters, digits, _ and -)"}},
      {"[guard.x]\nsevrity = \"info\"\n[guard.y]\nsql = \"select\"\nexpect = 3\n",
       {"1:8: [guard.x] has no `sql`", "2:1: unknown key `sevrity` in [guard.x] (did you mean `severity`?)",
        "5:1: unknown key `expect` in [guard.y]"}},
      {"[view.x]\n[view.a]\nsql = { sqlite = \"\" }\n[view.y]\nsql = \"insert into a values (1)\"",
       {"1:7: [view.x] has no `sql`",
        "2:7: [view.a] has the name of [table.a] (tables, views, indexes and keys of a schema share their "
        "names)",
        "3:18: no SQL is here", "5:8: is no query: it begins with select, with or values"}},
  });
}

TEST_CASE("what a check says is read") {
  const auto plan =
      read(
          "[check.a]\nsql = \"select 1\"\nsource = \"s\"\nsource_sql = \"select 2\"\ntolerance = { warning = "
          "1, critical = \"5 %\" }\n"
          "severity = \"info\"\n[check.b]\nsql = \"select 1\"\nexpect = 1158000.50\ntolerance = 0.50\n"
          "[guard.c]\nsql = \"select 1\"\ntables = [\"x\", \"y\"]\n")
          .plan;
  REQUIRE(plan.checks.size() == 3);
  const PlanCheck& a = plan.checks[0];
  CHECK(a.severity == CheckSeverity::info);
  CHECK(a.source_sql.text == "select 2");
  CHECK(a.warning->amount == "1");
  CHECK(a.critical.amount == "5");
  CHECK(a.critical.percent);
  const PlanCheck& b = plan.checks[1];
  CHECK(b.expect->text == "1158000.50");
  CHECK(b.critical.amount == "0.5");
  CHECK_FALSE(b.warning);
  CHECK(b.severity == CheckSeverity::critical);
  CHECK(plan.checks[2].guard);
  CHECK(plan.checks[2].tables == std::vector<std::string>{"x", "y"});
}

}  // namespace checks_test
