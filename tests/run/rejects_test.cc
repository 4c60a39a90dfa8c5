// Rejects that are sent through the plan again and refused again.
#include "support/migration.h"

namespace rejects_test {

using namespace planrun::test;

namespace {

const std::string kRows =
    "create table t(id integer primary key, u int); insert into t values (1, 1), (2, 1), (3, 3);"
    "create table c(id integer primary key, t int); insert into c values (1, 1), (2, 77);"
    "create table w(id integer primary key, a int, b int); insert into w values (1, 1, 1), (2, 1, 1)";
const std::string kPlan =
    "[table.t]\nfrom = \"s.t\"\non_reject = \"keep\"\nmax_rejects = 9\nconstraints = [\"unique (u)\"]\n"
    "[table.c]\nfrom = \"s.c\"\non_reject = \"keep\"\nmax_rejects = 9\n"
    "constraints = [\"foreign key (t) references t(id)\"]\n"
    "[table.w]\nfrom = \"s.w\"\non_reject = \"keep\"\nmax_rejects = 9\nconstraints = [\"unique (a, b)\"]\n";

void check_refused_again(Kind kind) {
  Migration m(kind, kRows, kPlan + "[check.c]\nsql = \"select count(*) > 0 from t\"\nexpect = true\n");
  const auto rejects = [&] {
    return m.target("select load, \"key\", " +
                    std::string(kind == Kind::sqlite ? "column_name" : "\"column\"") + " from " +
                    m.ledger("reject") + " where kind = 'rejected' order by load");
  };
  const auto checks = [&] {
    const std::string text = run_planrun({"status", m.plan_file().string()}, m.state()).out;
    const auto at = text.find("  checks: ");
    return text.substr(at, text.find('\n', at) - at);
  };
  REQUIRE(m.run().status == 0);
  const std::string before = rejects();
  const std::string asked = checks();
  CHECK_THAT(before, ContainsSubstring("c|[2]|t"));
  CHECK_THAT(before, ContainsSubstring("t|[2]|u"));
  CHECK_THAT(before, ContainsSubstring("w|[2]|a, b"));
  REQUIRE(run_planrun({"rejects", m.plan_file().string(), "--retry"}, m.state()).status == 0);
  CHECK(rejects() == before);
  REQUIRE(m.run().status == 0);
  CHECK(rejects() == before);
  CHECK(checks() == asked);
}

}  // namespace

TEST_CASE("a row that is refused again keeps its column, and each check counts once, in SQLite") {
  check_refused_again(Kind::sqlite);
}
TEST_CASE("a row that is refused again keeps its column, and each check counts once, in PostgreSQL",
          "[postgres]") {
  check_refused_again(Kind::postgresql);
}

}  // namespace rejects_test
