// planrun rejects --retry: a mended rule, the same run, the same proof.
#include <csignal>

#include "support/migration.h"
#include "support/target_state.h"

namespace retry_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table t(id integer primary key, n, v text);"
    "insert into t values (1, 1, 'a'), (2, '', 'b'), (3, 'x', 'c'), (4, 4, 'd'), (9, '', 'e'), (10, '', 'a');"
    "create table child(id integer primary key, t int); insert into child values (1, 1), (2, 77);";

std::string plan_of(const std::string& n, const std::string& v = "\"text unique\"") {
  return "[table.t]\nfrom = \"s.t\"\non_reject = \"keep\"\n[table.t.columns]\nid = \"serial primary key\"\nn "
         "= " +
         n + "\nv = " + v +
         "\n[table.child]\nfrom = \"s.child\"\non_reject = \"keep\"\n[table.child.columns]\n"
         "id = \"bigint primary key\"\nt = \"integer references t (id)\"\n";
}
const std::string kStrict = plan_of("\"integer\"");
const std::string kMended = plan_of("{ type = \"integer\", using = \"empty_as_null\" }");

struct Retried {
  explicit Retried(Kind kind) : m(kind, kSource, kStrict) { before = target_state(m.target_url()); }
  ProcessResult retry(std::map<std::string, std::string> environment = {}) {
    return run_planrun({"rejects", m.plan_file().string(), "--retry"}, m.state(), std::move(environment));
  }
  std::string keys() const {
    return m.target("select key from " + m.ledger("reject") + " order by load desc, id");
  }
  Migration m;
  std::string before;
};

void check_retry(Kind kind) {
  Retried t(kind);
  const ProcessResult first = t.m.run();
  INFO(first.out << first.err);
  REQUIRE(first.status == 0);
  REQUIRE(t.keys() == "[2]\n[3]\n[9]\n[10]\n[2]");

  t.m.write_plan(kMended);
  const ProcessResult r = t.retry();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.err, ContainsSubstring("5 rejected rows tried again, 2 written, 0 dropped, 3 rejected again"));
  CHECK_THAT(r.out, ContainsSubstring("t: 6 read = 4 written + 2 rejected"));
  CHECK_THAT(r.out, ContainsSubstring("passed, 3 rejected"));
  // 3 is still no number, 10 has the v of 1, and the child's parent is nowhere.
  CHECK(t.keys() == "[3]\n[10]\n[2]");
  CHECK(t.m.target("select id, coalesce(n, -1) from t order by id") == "1|1\n2|-1\n4|4\n9|-1");
  CHECK(t.m.count("child") == "1");
  CHECK(t.m.target("select count(*), min(state) from " + t.m.ledger("run")) == "1|passed");
  t.m.target("insert into t(v) values ('next')");
  CHECK(t.m.target("select id from t where v = 'next'") == "10");
  t.m.target("delete from t where v = 'next'");

  const ProcessResult done = t.m.run();
  CHECK(done.status == 0);
  CHECK_THAT(done.out, ContainsSubstring("already done"));
  const ProcessResult gone = run_planrun({"rollback", t.m.plan_file().string(), "--yes"}, t.m.state());
  INFO(gone.out << gone.err);
  CHECK(gone.status == 0);
  CHECK(target_state(t.m.target_url()) == t.before);
}

void check_refused(Kind kind) {
  Retried t(kind);
  REQUIRE(t.m.run().status == 0);
  const std::string loaded = target_state(t.m.target_url());
  t.m.write_plan(plan_of("{ type = \"integer\", using = \"empty_as_null\" }",
                         "{ type = \"text unique\", expr = \"upper(v)\" }"));
  const ProcessResult rule = t.retry();
  CHECK(rule.status == 1);
  CHECK_THAT(rule.err, ContainsSubstring("load t would make other rows"));
  t.m.write_plan(plan_of("\"bigint\""));
  const ProcessResult shape = t.retry();
  CHECK(shape.status == 1);
  CHECK_THAT(shape.err, ContainsSubstring("table t is not what the run has made"));
  CHECK(target_state(t.m.target_url()) == loaded);
  CHECK(t.m.target("select state from " + t.m.ledger("run")) == "passed");
}

/// Killed before, in or after each commit and at some other points, the same command comes to the same end.
void check_killed(Kind kind) {
  std::string points;
  std::string end;
  {
    Retried whole(kind);
    REQUIRE(whole.m.run().status == 0);
    whole.m.write_plan(kMended);
    const std::string file = (whole.m.state().parent_path() / "points").string();
    REQUIRE(whole.retry({{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_COUNT_FILE", file}}).status ==
            0);
    points = read_file(file);
    end = target_state(whole.m.target_url());
  }
  int killed_count = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::string("bsaBA").find(points[i]) == std::string::npos && i % 29 != 0) continue;
    Retried t(kind);
    REQUIRE(t.m.run().status == 0);
    t.m.write_plan(kMended);
    const ProcessResult killed =
        t.retry({{"LD_PRELOAD", PLANRUN_KILL_PRELOAD}, {"PLANRUN_KILL_AT", std::to_string(i + 1)}});
    killed_count += killed.status == -SIGKILL ? 1 : 0;
    const ProcessResult again = t.retry();
    INFO("killed at point " << i + 1 << " of " << points << "\n" << again.out << again.err);
    REQUIRE(again.status == 0);
    REQUIRE(t.keys() == "[3]\n[10]\n[2]");
    REQUIRE(target_state(t.m.target_url()) == end);
  }
  CHECK(killed_count > 10);
}

}  // namespace

TEST_CASE("retry: a mended rule, into SQLite", "[rejects]") {
  check_retry(Kind::sqlite);
}
TEST_CASE("retry: a mended rule, into PostgreSQL", "[rejects][postgres]") {
  check_retry(Kind::postgresql);
}
TEST_CASE("retry: a plan that changes more than the rejects, SQLite", "[rejects]") {
  check_refused(Kind::sqlite);
}
TEST_CASE("retry: a plan that changes more than the rejects, PostgreSQL", "[rejects][postgres]") {
  check_refused(Kind::postgresql);
}
TEST_CASE("retry: killed and done again, SQLite", "[rejects][slow][kill]") {
  check_killed(Kind::sqlite);
}
TEST_CASE("retry: killed and done again, PostgreSQL", "[rejects][slow][kill][postgres]") {
  check_killed(Kind::postgresql);
}

}  // namespace retry_test
