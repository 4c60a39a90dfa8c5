// Bad input ends with a message that names it, and a status that is not 0.
#include "support/migration.h"

namespace bad_input_test {

using namespace planrun::test;

namespace {

const char* const kSource = "create table t(id integer primary key); insert into t values (1);";
const char* const kPlan = "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\n";

}  // namespace

TEST_CASE("the command line is told what is wrong with it") {
  const TempFolder folder;
  struct Case {
    std::vector<std::string> arguments;
    const char* message;
  };
  const Case cases[] = {
      {{}, "no plan file"},
      {{"nowhere.toml"}, "nowhere.toml"},
      {{"--no-such-option", "x.toml"}, "--no-such-option"},
      {{"x.toml", "-j", "0"}, "jobs"},
      {{"x.toml", "--format", "yaml"}, "format"},
      {{"x.toml", "--source", "nonsense"}, "NAME=URL"},
      {{"rollback", "x.toml", "--run", ""}, "--run is given an empty word"},
      {{"x.toml", "--expect="}, "--expect"},
      {{"x.toml", "--join", ""}, "--join is given an empty word"},
      {{folder.path().string()}, folder.path().c_str()},
  };
  for (const Case& c : cases) {
    const ProcessResult r = run_planrun(c.arguments, folder / "state");
    INFO(r.err);
    CHECK(r.status == 2);
    CHECK_THAT(r.err, ContainsSubstring(c.message));
  }
}

TEST_CASE("an empty plan and a plan that is no TOML are errors of the plan") {
  const TempFolder folder;
  write_file(folder / "empty.toml", "");
  CHECK(run_planrun({(folder / "empty.toml").string()}, folder / "state").status == 2);
  write_file(folder / "broken.toml", "[plan\nname = ");
  const ProcessResult r = run_planrun({(folder / "broken.toml").string()}, folder / "state");
  CHECK(r.status == 2);
  CHECK_THAT(r.err, ContainsSubstring("broken.toml:1:"));
}

TEST_CASE("a source that is not there, or no database, is named") {
  Migration m(Kind::sqlite, kSource, kPlan);
  std::filesystem::remove(m.source_file());
  const ProcessResult gone = m.run();
  CHECK(gone.status == 1);
  CHECK_THAT(gone.err, ContainsSubstring("source.db"));
  CHECK_FALSE(std::filesystem::exists(m.source_file()));
  write_file(m.source_file(),
             "this is no database, whatever it is called; it is long enough to be read as one ......");
  const ProcessResult other = m.run();
  CHECK(other.status == 1);
  CHECK_THAT(other.err, ContainsSubstring("source.db"));
}

TEST_CASE("a dead server is named with what to do") {
  Migration m(Kind::sqlite, kSource, kPlan);
  const ProcessResult r = m.run({"--target", "t=postgresql://nobody:secret@127.0.0.1:1/none"});
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("127.0.0.1"));
  CHECK_THAT(r.err, !ContainsSubstring("secret"));
}

TEST_CASE("a table in the way is refused before anything is written", "[postgres]") {
  Migration m(Kind::postgresql, kSource, kPlan);
  m.target("create table t(x int)");
  const ProcessResult r = m.run();
  CHECK(r.status == 1);
  CHECK_THAT(r.err, ContainsSubstring("t"));
  CHECK(m.target("select count(*) from pg_namespace where nspname = 'planrun'") == "0");
}

TEST_CASE("a full disk is an error, and the run goes on when there is room") {
  Migration m(Kind::sqlite,
              "create table t(id integer primary key, v text); with recursive i(x) as (select 1 union all "
              "select x+1 from i "
              "where x<20000) insert into t select x, hex(zeroblob(100)) from i;",
              "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nv = \"text\"\n",
              "snapshot = \"none\"\n");
  // A limit on the size of files is what a full disk looks like.
  const ProcessResult r = run_process({"sh", "-c", "trap '' XFSZ; ulimit -f 1000; exec \"$1\" \"$2\"", "sh",
                                       PLANRUN_BINARY, m.plan_file().string()},
                                      {{"XDG_STATE_HOME", m.state().string()}});
  INFO(r.out << r.err);
  CHECK(r.status == 1);
  CHECK(m.run().status == 0);
  CHECK(m.count("t") == "20000");
}

TEST_CASE("lint and status answer in text and JSON") {
  Migration m(Kind::sqlite, kSource, kPlan);
  CHECK(run_planrun({"lint", m.plan_file().string()}, m.state()).status == 0);
  CHECK_THAT(run_planrun({"status", m.plan_file().string()}, m.state()).out,
             ContainsSubstring("no run of plan test"));
  REQUIRE(m.run({"--format", "json"}).status == 0);
  CHECK_THAT(run_planrun({"status", m.plan_file().string()}, m.state()).out, ContainsSubstring("passed"));
  CHECK_THAT(run_planrun({"status", "--format", "json", m.plan_file().string()}, m.state()).out,
             ContainsSubstring("\"state\": \"passed\""));
  m.write_plan("[table.t]\nfrom = \"s.t\"\ncolums = 1\n");
  const ProcessResult wrong = run_planrun({"lint", m.plan_file().string()}, m.state());
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.out, ContainsSubstring("plan.toml:12:1"));
  CHECK_THAT(wrong.out, ContainsSubstring("columns"));
}

TEST_CASE("output that cannot be written is an error, whatever the command") {
  Migration m(
      Kind::sqlite, "create table t(id integer primary key, v text); insert into t values (1, 'x')",
      "[table.t]\nfrom = \"s.t\"\non_reject = \"keep\"\n[table.t.columns]\nid = \"bigint primary key\"\n"
      "v = \"integer\"\n");
  REQUIRE(m.run().status == 0);
  const std::string plan = m.plan_file().string();
  for (const std::string command :
       {"schema", "manual", "--help", "rejects PLAN --format csv", "rejects PLAN --format json",
        "status PLAN", "evidence PLAN", "graph PLAN", "PLAN --dry-run", "PLAN", "report PLAN --format json",
        "verify PLAN"}) {
    std::string words = command;
    if (const auto at = words.find("PLAN"); at != std::string::npos) words.replace(at, 4, plan);
    const ProcessResult r =
        run_process({"sh", "-c", std::string(PLANRUN_BINARY) + " " + words + " > /dev/full"},
                    {{"XDG_STATE_HOME", m.state().string()}});
    INFO(command << ": " << r.err);
    CHECK(r.status == 1);
    CHECK_THAT(r.err, ContainsSubstring("cannot write to stdout"));
  }
}

}  // namespace bad_input_test
