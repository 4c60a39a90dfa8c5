// --expect: a run of what was reviewed, or none.
#include "support/shipped_plans.h"

namespace expect_test {

using namespace planrun::test;

namespace {

const char* const kSource =
    "create table t(id integer primary key, v text); insert into t values (1,'a'),(2,'b'); create table u(x "
    "text);";

std::string plan_of(const std::string& type) {
  return "[table.t]\nfrom = \"s.t\"\ntransform = \"hook.row\"\n[table.t.columns]\nid = \"bigint primary "
         "key\"\nv = \"" +
         type + "\"\n[check.rows]\nuse = \"row_counts\"\ntable = \"t\"\nsource = \"s\"\n";
}

struct Reviewed {
  Reviewed() : m(Kind::sqlite, kSource, plan_of("text")) {
    write_lua("row");
    write_check("");
    const ProcessResult r = m.run({"--dry-run", "-o", preview().string()});
    INFO(r.out << r.err);
    REQUIRE(r.status == 0);
  }
  std::filesystem::path folder() const { return m.plan_file().parent_path(); }
  std::filesystem::path preview() const { return folder() / "preview.json"; }
  void write_lua(const std::string& gives) const {
    write_file(folder() / "transforms/hook.lua",
               "local hook = {}\nfunction hook.row(row) return " + gives + " end\nreturn hook\n");
  }
  void write_check(const std::string& more) const {
    write_file(folder() / "checks/row_counts.toml",
               read_file(PLANRUN_SOURCE_DIR "/checks/row_counts.toml") + more);
  }
  ProcessResult run() { return m.run({"--expect", preview().string()}); }
  // Nothing was written: not even a ledger.
  void check_refused(int status, const std::string& message) {
    const ProcessResult r = run();
    CHECK(r.status == status);
    CHECK_THAT(r.err, ContainsSubstring(message));
    CHECK_FALSE(std::filesystem::exists(m.target_file()));
    CHECK_FALSE(std::filesystem::exists(m.state()));
  }
  Migration m;
};

}  // namespace

TEST_CASE("what was reviewed runs, and is done when asked again") {
  Reviewed reviewed;
  const ProcessResult r = reviewed.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK(reviewed.m.count("t") == "2");
  CHECK_THAT(reviewed.run().out, ContainsSubstring("already done"));
}

TEST_CASE("another plan, function or source than the reviewed one is refused, and named") {
  Reviewed reviewed;
  reviewed.m.write_plan(plan_of("varchar(9)"));
  reviewed.check_refused(1, "table t: column v: text becomes varchar(9), narrowed");
  reviewed.m.write_plan(plan_of("text"));

  reviewed.write_lua("{ row }");
  reviewed.check_refused(1, "transforms/hook.lua has changed");
  reviewed.write_lua("row");

  reviewed.write_check("# changed\n");
  reviewed.check_refused(1, "checks/row_counts.toml has changed");
  reviewed.write_check("");

  sqlite3(reviewed.m.source_file(), "alter table t add column w integer");
  reviewed.check_refused(1, "transform hook.row: its row has id, v, w; before id, v");
  sqlite3(reviewed.m.source_file(), "alter table t drop column w; alter table u add column y integer");
  reviewed.check_refused(1, "source s, table u: column y INTEGER is new");
}

TEST_CASE("a preview that is damaged, of another plan, or bad is refused") {
  Reviewed reviewed;
  const std::string whole = read_file(reviewed.preview());
  write_file(reviewed.preview(), whole.substr(0, whole.size() / 2));
  reviewed.check_refused(2, "it is no preview, or not all of one");
  std::string edited = whole;
  edited.replace(edited.find("\"problems\": []"), 14, "\"problems\":[ ]");
  edited.replace(edited.find("place 1 of"), 7, "place 2");
  write_file(reviewed.preview(), edited);
  reviewed.check_refused(2, "it was changed after it was saved");
  // All that a person reads of it counts.
  edited = whole;
  edited.replace(edited.find("\"rows_read\": 2"), 14, "\"rows_read\": 3");
  write_file(reviewed.preview(), edited);
  reviewed.check_refused(2, "it was changed after it was saved");
  write_file(reviewed.preview(), "{\"plan\": \"test\"}");
  reviewed.check_refused(2, "it is no preview, or not all of one");
  std::filesystem::remove(reviewed.preview());
  reviewed.check_refused(2, "cannot read the preview");

  reviewed.m.write_plan(plan_of("integer"));  // 'a' is no integer
  CHECK(reviewed.m.run({"--dry-run", "-o", reviewed.preview().string()}).status == 1);
  reviewed.check_refused(1, "it says that a run would not pass");
}

TEST_CASE("a preview is saved whole or not at all") {
  Migration m(Kind::sqlite, "create table t(id integer primary key)", "[table.t]\nfrom = \"s.t\"\n");
  const auto folder = m.plan_file().parent_path() / "there";
  const ProcessResult r = m.run({"--dry-run", "-o", (folder / "preview.json").string()});
  CHECK(r.status == 1);
  CHECK_THAT(r.err,
             ContainsSubstring("cannot write " + (folder / "preview.json").string() + ": No such file"));
  CHECK(m.run({"--expect", "x", "--dry-run"}).status == 2);
}

TEST_CASE("of a plan with several targets each is held against its review", "[cases]") {
  const ShippedPlans plans(Kind::sqlite, {"business", "analytics", "core"});
  const std::string preview = plans.file("preview.json").string();
  const ProcessResult previewed = plans.run("epic10", {"--dry-run", "-o", preview});
  INFO(previewed.out << previewed.err);
  REQUIRE(previewed.status == 0);
  const std::string other = "sqlite:" + plans.file("other.db").string();
  const ProcessResult refused = plans.run("epic10", {"--expect", preview, "--target", "analytics=" + other});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err,
             ContainsSubstring("target analytics is " + other + ", it was " + plans.target_url("analytics")));
  CHECK_FALSE(std::filesystem::exists(plans.file("business.db")));
  const ProcessResult run = plans.run("epic10", {"--expect", preview});
  INFO(run.out << run.err);
  CHECK(run.status == 0);
}

}  // namespace expect_test
