// planrun diff on files, on revisions of a git repository, on a run of the ledger, and from git itself.
#include "support/migration.h"

namespace diff_test {

using namespace planrun::test;

namespace {

const char* const kSource =
    "create table t(id integer primary key, v text); insert into t values (1,'a'),(2,'b');";

std::string plan_of(const std::string& type, const std::string& more = "") {
  return "[table.t]\nfrom = \"s.t\"\n" + more + "[table.t.columns]\nid = \"bigint primary key\"\nv = \"" +
         type + "\"\n";
}

// A git repository whose only commit has plans/p.toml, a transform and the module that it requires.
struct Repository {
  Repository() {
    write_plan("varchar(50)");
    write_file(
        folder / "transforms/hook.lua",
        "local names = require(\"names\")\nlocal hook = {}\nfunction hook.row(row) return names.same(row) "
        "end\nreturn hook\n");
    write_names("");
    git({"init", "-q"});
    git({"add", "."});
    git({"-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-qm", "first"});
  }
  void write_plan(const std::string& type) const {
    write_file(folder / "plans/p.toml",
               "[plan]\nname = \"p\"\n[source.s]\nurl = \"sqlite:${NO_SUCH_VARIABLE}\"\n[target.t]\nurl = "
               "\"${NO_SUCH_VARIABLE}\"\n" +
                   plan_of(type, "transform = \"hook.row\"\n"));
  }
  void write_names(const std::string& comment) const {
    write_file(folder / "transforms/names.lua",
               "local names = {}\nfunction names.same(row) return row end" + comment + "\nreturn names\n");
  }
  ProcessResult git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"git", "-C", folder.path().string()});
    ProcessResult r = run_process(arguments, {{"NO_COLOR", "1"}, {"GIT_CONFIG_GLOBAL", "/dev/null"}});
    INFO(r.err);
    REQUIRE(r.status == 0);
    return r;
  }
  // In the repository's top folder.
  ProcessResult diff(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = {
        "sh",           "-c",  "cd \"$1\" && shift && exec \"$@\"", "sh", folder.path().string(),
        PLANRUN_BINARY, "diff"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_process(all);
  }
  TempFolder folder;
};

}  // namespace

TEST_CASE("a revision is compared with the work tree, its Lua files too") {
  const Repository repository;
  const std::vector<std::string> sides = {"git:HEAD:plans/p.toml", "plans/p.toml"};
  const ProcessResult same = repository.diff(sides);
  INFO(same.err);
  CHECK(same.status == 0);
  CHECK_THAT(same.out, ContainsSubstring("mean the same"));

  repository.write_names("  -- other");
  const ProcessResult lua = repository.diff(sides);
  CHECK(lua.status == 0);
  CHECK_THAT(lua.out, ContainsSubstring("the module names, which it requires, has changed"));

  repository.write_plan("varchar(20)");
  const ProcessResult narrowed = repository.diff(sides);
  CHECK(narrowed.status == 3);
  CHECK_THAT(narrowed.out,
             ContainsSubstring("dangerous  column v: varchar(50) becomes varchar(20), narrowed"));
  CHECK_THAT(narrowed.out, ContainsSubstring("loads whose rows would be written again: t"));
  CHECK_THAT(repository.diff({sides[0], sides[1], "--format", "markdown"}).out,
             ContainsSubstring("- **dangerous** column v: varchar(50) becomes varchar(20), narrowed"));
  CHECK_THAT(repository.diff({sides[0], sides[1], "--format", "json"}).out,
             ContainsSubstring("\"kind\": \"type_narrowed\""));
}

TEST_CASE("git diff shows what a change means, by the recipe of docs/review.md") {
  const Repository repository;
  write_file(repository.folder / ".gitattributes", "plans/*.toml diff=planrun\n");
  repository.git({"config", "diff.planrun.command", std::string(PLANRUN_BINARY) + " diff --git-external"});
  repository.write_plan("varchar(20)");
  const std::string shown = repository.git({"diff", "--", "plans"}).out;
  CHECK_THAT(shown, ContainsSubstring("plan plans/p.toml\n"));
  CHECK_THAT(shown, ContainsSubstring("dangerous  column v: varchar(50) becomes varchar(20), narrowed"));
  write_file(repository.folder / "plans/p.toml", "[plan\n");
  CHECK_THAT(repository.git({"diff"}).out, ContainsSubstring("what the change means cannot be told"));
}

TEST_CASE("a side that is no plan is named, and the status is 2") {
  const Repository repository;
  const auto check = [&](const std::vector<std::string>& sides, const std::string& message) {
    const ProcessResult r = repository.diff(sides);
    CHECK(r.status == 2);
    CHECK_THAT(r.err, ContainsSubstring(message));
  };
  const std::string plan = "plans/p.toml";
  check({"none.toml", plan}, "cannot read the plan none.toml");
  check({"git:HEAD:none.toml", plan}, "'none.toml' does not exist in 'HEAD'");
  check({"git:HEAD:plans", plan}, "git:HEAD:plans is a tree, not a plan");
  check({"git:--output=x:p", plan}, "names no file of a revision");
  check({plan}, "diff takes two plans");
  check({"run:latest", "run:latest"}, "one side must be a plan");
  write_file(repository.folder / "wrong.toml", "[plan]\nname = 1\n");
  check({"wrong.toml", plan}, "wrong.toml:2:8");
  CHECK_FALSE(std::filesystem::exists(repository.folder / "x"));
}

TEST_CASE("a run of the ledger is compared with the plan of now, resolved against its source") {
  Migration m(Kind::sqlite, kSource, "[table.t]\nfrom = \"s.t\"\n");
  const auto diff = [&] { return run_planrun({"diff", "run:latest", m.plan_file().string()}, m.state()); };
  CHECK_THAT(diff().err, ContainsSubstring("there is no run of plan test"));
  REQUIRE(m.run().status == 0);
  const ProcessResult same = diff();
  INFO(same.err);
  CHECK(same.status == 0);
  CHECK_THAT(same.out, ContainsSubstring("mean the same"));
  // `inherit` takes what the source has now.
  sqlite3(m.source_file(), "alter table t add column extra integer");
  const ProcessResult grown = diff();
  CHECK(grown.status == 0);
  CHECK_THAT(grown.out, ContainsSubstring("safe       column extra is new"));
  CHECK_THAT(grown.out,
             ContainsSubstring("table t: accepted while the table is not made yet, refused once it is"));
}

}  // namespace diff_test
