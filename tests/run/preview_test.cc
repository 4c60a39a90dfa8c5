// A preview tells what a run would do and writes nothing anywhere.
#include "base/json.h"
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
  CHECK_THAT(preview.out,
             ContainsSubstring("Of those, keys, foreign keys and CHECKs would reject about 3 rows: below."));
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

TEST_CASE("a preview names the keys and checks that it has not looked for") {
  Migration m(
      Kind::sqlite,
      "create table a(k int, v int); insert into a values (1, 5), (1, 5), (2, -1);"
      "create table b(id integer primary key, a int, n text); insert into b values (1, 1, 'x')",
      "[table.t]\nexists = true\nfrom = \"s.a\"\nwrite = \"upsert\"\nkey = [\"k\"]\n"
      "[table.b]\nfrom = \"s.b\"\nwhere = \"id > 0\"\nconstraints = [\"unique (n)\", \"check (id > 0)\"]\n"
      "[table.c]\nfrom = \"s.b\"\nconstraints = [\"foreign key (a) references b (id)\"]\n"
      "[table.c.index]\nc_n = \"unique (n)\"\nc_lower = \"unique (lower(n))\"\n");
  m.target("create table t(k integer primary key, v int)");
  const ProcessResult preview = m.dry_run();
  INFO(preview.out << preview.err);
  CHECK(preview.status == 0);
  CHECK_THAT(preview.out, ContainsSubstring("t: key t_pkey (its rows meet those of the table)"));
  CHECK_THAT(preview.out,
             ContainsSubstring("b: key b_n_key, key b_pkey, check (id > 0) (its load has a `where`)"));
  CHECK_THAT(preview.out,
             ContainsSubstring("c: foreign key c_a_fkey (table b is not made of the same source"));
  CHECK_THAT(preview.out, ContainsSubstring("c: unique index c_lower (it is not of plain columns"));
  CHECK_THAT(preview.out, !ContainsSubstring("unique index c_n"));
  CHECK_THAT(preview.out, ContainsSubstring("Every row fits its columns\n"));
  CHECK(m.run().status == 0);  // rows that are equal are merged
  CHECK(m.target("select * from t") == "1|5\n2|-1");
  CHECK(planrun::Json::parse(m.run({"--dry-run", "--format", "json"}).out).at("not_looked_for").size() == 5);
}

TEST_CASE("a preview that has looked for everything says so") {
  Migration m(Kind::sqlite, "create table c(id integer primary key, n text); insert into c values (1, 'x')",
              "[table.c]\nfrom = \"s.c\"\nconstraints = [\"unique (n)\", \"check (id > 0)\"]\n");
  const ProcessResult preview = m.dry_run();
  INFO(preview.out << preview.err);
  CHECK_THAT(preview.out, ContainsSubstring("Every row fits its table\n"));
  CHECK_THAT(preview.out, !ContainsSubstring("Left to the run"));
}

TEST_CASE("a preview finds two rows that a unique index would refuse") {
  Migration m(Kind::sqlite,
              "create table c(id integer primary key, n text); insert into c values (1, 'x'), (2, 'x')",
              "[table.c]\nfrom = \"s.c\"\n[table.c.index]\nc_n = \"unique (n)\"\n");
  const ProcessResult preview = m.dry_run();
  INFO(preview.out << preview.err);
  CHECK(preview.status == 1);
  CHECK_THAT(preview.out, ContainsSubstring("1 row: more rows than one of the same n (c_n)"));
  CHECK_THAT(preview.out, ContainsSubstring("A run would stop: 1 row would be rejected"));
  CHECK(m.run().status == 1);
}

TEST_CASE("a preview shows the beginning of a long value") {
  Migration m(Kind::sqlite,
              "create table c(id integer primary key, n text); insert into c values (1, '\xC3\xBC' || "
              "replace(hex(zeroblob(100000)), '00', '\xC3\xBC'))",
              "[table.c]\nfrom = \"s.c\"\n");
  const ProcessResult preview = m.dry_run();
  CHECK(preview.status == 0);
  CHECK(preview.out.size() < 5000);
  CHECK_THAT(preview.out, ContainsSubstring("\xC3\xBC... (200.0 kB)"));
}

TEST_CASE("a preview without its server says so and shows the rest") {
  Migration m(Kind::sqlite, kSource, kPlan);
  const ProcessResult r = m.run({"--dry-run", "--target", "t=postgresql://nobody@127.0.0.1:1/none"});
  CHECK_THAT(r.out, ContainsSubstring("127.0.0.1"));
  CHECK_THAT(r.out, ContainsSubstring("previewed without it"));
  CHECK_THAT(r.out, ContainsSubstring("key 2: integer 2"));
}

TEST_CASE("rejects: a preview says how sure its number is, and a verification that it leaves them out") {
  const std::string parents =
      "[table.p]\nfrom = \"s.p\"\non_reject = \"keep\"\n[table.p.columns]\nid = \"bigint primary key\"\n"
      "n = \"integer\"\n";
  const std::string children =
      "[table.c]\nfrom = \"s.c\"\non_reject = \"keep\"\n[table.c.columns]\nid = \"bigint primary key\"\n"
      "p = \"bigint references p (id)\"\n";
  // One row does not fit, and one refers to it.
  const std::string source =
      "create table p(id integer primary key, n); insert into p values (1, 1), (2, 'two');"
      "create table c(id integer primary key, p int); insert into c values (1, 1), (2, 2);";
  Migration alone(Kind::sqlite, source, parents);
  CHECK_THAT(alone.dry_run().out, ContainsSubstring("A run would keep 1 row as rejects\n"));
  Migration both(Kind::sqlite, source, parents + children);
  CHECK_THAT(both.dry_run().out, ContainsSubstring("A run would keep about 1 row as rejects: "));
  const ProcessResult r = both.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring("passed, 2 rejected"));
  CHECK_THAT(r.out + r.err, ContainsSubstring("c: 1 row taken out and kept as rejects"));
  const ProcessResult verified = run_planrun({"verify", both.plan_file().string()}, both.state());
  CHECK(verified.status == 0);
  CHECK_THAT(verified.out, ContainsSubstring("without 2 rows that the run rejected: planrun rejects PLAN"));
}

}  // namespace preview_test
