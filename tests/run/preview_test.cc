// A preview tells what a run would do and writes nothing anywhere.
#include "support/migration.h"

namespace preview_test {

using namespace planrun::test;

namespace {

const char* const kSource =
    "create table t(id integer primary key, flag integer, v text); create table unread(x);"
    "insert into t values (1,1,'a'),(2,2,'b'),(3,0,'c');";
const char* const kPlan =
    "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nflag = \"boolean\"\nv = "
    "\"text\"\n"
    "[table.t.index]\nt_v = \"(v desc) where flag\"\n[check.c]\nsql = \"select count(*) from t where v is "
    "null\"\nexpect = 0\n";

std::string listing(const std::filesystem::path& folder) {
  return run_process({"sh", "-c",
                      "find \"$1\" -type f -exec stat -c '%n %s %y' {} + | sort; find \"$1\" -type f -exec "
                      "sha256sum {} + | sort",
                      "sh", folder.string()})
      .out;
}

}  // namespace

TEST_CASE("a preview shows steps, schema, rows and rejects, and leaves every file as it was") {
  Migration m(Kind::sqlite, kSource, kPlan);
  const std::string before = listing(m.plan_file().parent_path());
  const ProcessResult r = m.dry_run();
  INFO(r.out << r.err);
  CHECK(r.status == 1);  // A run would stop at row 2.
  CHECK_THAT(r.out, ContainsSubstring("CREATE TABLE"));
  CHECK_THAT(r.out, ContainsSubstring("key 2: integer 2"));
  CHECK_THAT(r.out, ContainsSubstring("s.unread"));
  CHECK_THAT(r.out, ContainsSubstring("prove t"));
  CHECK(listing(m.plan_file().parent_path()) == before);
  CHECK_FALSE(std::filesystem::exists(m.target_file()));
}

TEST_CASE("a preview leaves PostgreSQL as it was", "[postgres]") {
  Migration m(Kind::postgresql, kSource, kPlan);
  m.target("create table other(x int); insert into other values (1)");
  const auto dump = [&] {
    return run_process({"sh", "-c", "pg_dump --restrict-key=x -d \"$1\"", "sh", m.target_url()}).out;
  };
  const std::string before = dump();
  CHECK(m.dry_run().status == 1);
  CHECK(dump() == before);
}

TEST_CASE("a preview counts the rows against a check of the table") {
  Migration m(
      Kind::sqlite,
      "create table i(id integer primary key, q int, r int); insert into i values (1, 5, 1), (2, -1, 1), (3, "
      "2, 9)",
      "[table.i]\nfrom = \"s.i\"\nconstraints = [\"check (q >= 0)\", \"constraint less check (r < q)\"]\n");
  const ProcessResult preview = m.dry_run();
  INFO(preview.out << preview.err);
  CHECK(preview.status == 1);
  CHECK_THAT(preview.out, ContainsSubstring("rows against check (q >= 0)"));
  CHECK_THAT(preview.out, ContainsSubstring("rows against check (r < q)"));
  CHECK_THAT(preview.out, !ContainsSubstring("Every row fits"));
}

TEST_CASE(
    "a column named like one of PostgreSQL's own is refused before anything is written, or renamed by init",
    "[postgres]") {
  Migration m(Kind::postgresql,
              "create table t(id integer primary key, ctid int); insert into t values (1, 2)",
              "[table.t]\nfrom = \"s.t\"\n");
  const ProcessResult preview = m.dry_run();
  CHECK(preview.status == 1);
  CHECK_THAT(preview.out + preview.err,
             ContainsSubstring("column ctid of table t has the name of one of PostgreSQL's own"));
  const ProcessResult draft =
      run_planrun({"init", m.source_file().string(), "--target", m.target_url(), "--name", "drafted", "-o",
                   (m.plan_file().parent_path() / "drafted.toml").string()},
                  m.state());
  INFO(draft.out << draft.err);
  REQUIRE(draft.status == 0);
  CHECK(run_planrun({(m.plan_file().parent_path() / "drafted.toml").string()}, m.state()).status == 0);
  CHECK(m.target("select id, ctid_2 from t") == "1|2");
}

TEST_CASE("a preview without its server says so and shows the rest") {
  Migration m(Kind::sqlite, kSource, kPlan);
  const ProcessResult r = m.run({"--dry-run", "--target", "t=postgresql://nobody@127.0.0.1:1/none"});
  CHECK_THAT(r.out, ContainsSubstring("127.0.0.1"));
  CHECK_THAT(r.out, ContainsSubstring("previewed without it"));
  CHECK_THAT(r.out, ContainsSubstring("key 2: integer 2"));
}

}  // namespace preview_test
