// Named checks: found beside the plan, their arguments held against the file; lines and columns counted by
// hand.
#include "base/json.h"
#include "plan/lint.h"
#include "plan/resolved_plan.h"
#include "support/support.h"

namespace use_check_test {

using namespace planrun;
using namespace planrun::test;

namespace {

const char* const kFile = R"(description = "x"
sql = "select count(*) from {table} where {column} = {what} and {table.text} <> '' and x in ({list}) and {list.count} > {n}"
expect = "{n}"
[arguments]
table  = { kind = "table", each = true }
column = { kind = "column", default = "{table}" }
what   = { kind = "text", default = "it's", choices = ["it's", "b"] }
list   = { kind = "values" }
n      = { kind = "number", default = 0 }
)";

/// A plan in a folder, with checks/one.toml beside it.
struct Folder {
  TempFolder folder;
  explicit Folder(const std::string& file = kFile) { write_file(folder / "checks/one.toml", file); }

  ReadPlanResult read(const std::string& text) const {
    const std::string rest = "\n[table.a]\nfrom = \"s.a\"\n" + std::string(kRest);
    ReadPlanOptions options;
    options.variable = [](const std::string&) { return std::nullopt; };
    return read_plan_text(text + rest, folder / "p.toml", options);
  }
  std::vector<std::string> lint(const std::string& text) const { return messages(read(text).diagnostics); }
};

}  // namespace

TEST_CASE("arguments are quoted by what they are") {
  const Folder folder;
  const auto checks =
      folder.read("[check.c]\nuse = \"one\"\ntable = \"we\\\"ird\"\nlist = [1, \"o'clock\", true]\nn = 1.5")
          .plan.checks;
  REQUIRE(checks.size() == 1);
  CHECK(
      checks[0].sql.any ==
      R"(select count(*) from "we""ird" where "we""ird" = 'it''s' and 'we"ird' <> '' and x in (1, 'o''clock', true) and 3 > 1.5)");
  CHECK(checks[0].expect->text == "1.5");
}

TEST_CASE("a list makes a check of each") {
  const Folder folder;
  const auto checks =
      folder.read("[check.c]\nuse = \"one\"\ntable = [\"a\", \"b\"]\nlist = 1\nwhat = \"b\"").plan.checks;
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].name == "c: a");
  CHECK(checks[1].name == "c: b");
  CHECK(checks[1].sql.any.find("from \"b\" where \"b\" = 'b'") != std::string::npos);
}

TEST_CASE("slips in arguments are told where they stand") {
  const Folder folder;
  CHECK(folder.lint("[check.c]\nuse = \"on\"\n") ==
        std::vector<std::string>{
            "2:7: there is no check `on` in checks/ or ../checks/ beside the plan (did you mean `one`?)"});
  CHECK(folder.lint(
            "[check.c]\nuse = \"one\"\ntabel = \"a\"\nlist = []\nn = \"many\"\nwhat = [\"b\", \"it's\"]\n") ==
        std::vector<std::string>{"1:8: [check.c] lacks argument `table` of `one` (see one.toml)",
                                 "3:1: `one` has no argument `tabel` (did you mean `table`?)",
                                 "4:8: argument `list` takes a value or a list of values",
                                 "5:5: argument `n` is a number, not 'many'",
                                 "6:8: argument `what` takes one value"});
  CHECK(folder.lint(
            "[check.c]\nuse = \"one\"\ntable = \"a\"\nlist = 1\nwhat = \"c\"\nexpect = 3\nsource = \"s\"") ==
        std::vector<std::string>{"5:8: argument `what` is it's, b, not 'c'",
                                 "6:1: `expect` stands beside `use`, and `one` says itself what it expects",
                                 "7:1: `source` stands beside `use`, and `one` says itself what it expects"});
}

TEST_CASE("a faulty check file is told with its own lines, at the `use`") {
  const Folder folder("sql = \"select {tabel}\"\nexpct = 1\n[arguments.table]\nkind = \"tble\"\n");
  const std::string file = (folder.folder / "checks/one.toml").string();
  const auto found = folder.lint("[check.c]\nuse = \"one\"\n");
  REQUIRE(found.size() == 3);
  for (const std::string said :
       {":1:15: there is no argument `tabel` (did you mean `table`?)",
        ":2:1: unknown key `expct` in the check (did you mean `expect`?)", ":4:8: `kind` is \"table\", "}) {
    INFO(said);
    CHECK(std::any_of(found.begin(), found.end(), [&](const std::string& line) {
      return line.starts_with("2:7: " + file) && line.find(said) != std::string::npos;
    }));
  }
}

TEST_CASE("what compares with a source needs one, or a value") {
  const Folder folder("sql = \"select 1\"\nsource_sql = \"select 1\"\n");
  CHECK(folder.lint("[check.c]\nuse = \"one\"") ==
        std::vector<std::string>{
            "1:8: [check.c] needs `source` or `expect`, one of them (`one` compares with one)"});
  CHECK(folder.lint("[check.c]\nuse = \"one\"\nsource = \"s\"").empty());
  CHECK(folder.lint("[check.c]\nuse = \"one\"\nexpect = 1").empty());
}

TEST_CASE("a check file without SQL for the target is told") {
  const Folder folder("sql.postgresql = \"select 1\"\nexpect = 1\n");
  CHECK(folder.lint("[check.c]\nuse = \"one\"") ==
        std::vector<std::string>{"2:7: check `one` has no SQL for sqlite, which target `t` is"});
}

TEST_CASE("a limit takes no tolerance") {
  const Folder folder("sql = \"select 1\"\nat_most = 3\nruns = 5\n");
  CHECK(folder.lint("[check.c]\nuse = \"one\"\ntolerance = 1") ==
        std::vector<std::string>{"3:1: `tolerance` stands beside `use`, and `one` has a limit"});
  const auto check = folder.read("[check.c]\nuse = \"one\"").plan.checks.at(0);
  CHECK(check.at_most == "3");
  CHECK(check.runs == 5);
}

TEST_CASE("the fingerprint covers the text of the check files that are used") {
  const auto print = [](const std::string& file) {
    const Folder folder(file);
    ResolvedPlan plan;
    plan.checks = folder.read("[check.c]\nuse = \"one\"").plan.checks;
    return fingerprint(plan);
  };
  CHECK(print("sql = \"select 1\"\nexpect = 1\n") == print("# new\nexpect = 1\nsql = \"select 1\"\n"));
  CHECK(print("sql = \"select 1\"\nexpect = 1\n") != print("sql = \"select 2\"\nexpect = 1\n"));
}

}  // namespace use_check_test
