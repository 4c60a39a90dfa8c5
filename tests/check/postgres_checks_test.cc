// What a check sets and what it calculates, in PostgreSQL.
#include "support/migration.h"

namespace postgres_checks_test {

using namespace planrun::test;

namespace {

const std::string kSource = "create table x(id integer primary key); insert into x values (1), (2)";
const std::string kPlan = "[table.x]\nfrom = \"s.x\"\n";

}  // namespace

TEST_CASE("what a check sets for its session is not there for the next, in PostgreSQL", "[postgres]") {
  Migration m(
      Kind::postgresql, kSource,
      kPlan +
          "[check.a]\nsql = \"select set_config('search_path', 'other', false)\"\nexpect = \"other\"\n"
          "[check.b]\nsql = \"select count(*) from x\"\nexpect = 2\n");
  m.target("create schema other; create table other.x(a int)");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
}

TEST_CASE("nothing is near an infinite calculation, in PostgreSQL", "[postgres]") {
  for (const std::string value : {"infinity", "-infinity", "nan"}) {
    Migration m(Kind::postgresql, kSource,
                kPlan + "[check.v]\nuse = \"variance\"\ntable = \"x\"\ncolumn = \"id\"\ncalculation = \"'" +
                    value + "'::float8\"\n");
    std::filesystem::create_directory_symlink(PLANRUN_SOURCE_DIR "/checks",
                                              m.plan_file().parent_path() / "checks");
    const ProcessResult r = m.run();
    INFO(r.out << r.err);
    CHECK(r.status == 3);
    CHECK_THAT(r.out + r.err, ContainsSubstring("expected 0, found 2"));
  }
}

}  // namespace postgres_checks_test
