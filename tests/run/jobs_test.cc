// How many workers a run has: what was asked for, and what the target has room for.
#include "support/migration.h"

namespace planrun::test {
namespace jobs_test {

void limit_connections(const Migration& m, int limit) {
  m.target("do $$ begin execute format('alter database %I connection limit " + std::to_string(limit) +
           "', current_database()); end $$");
}

TEST_CASE("a run takes fewer workers where the target has no room for more connections", "[postgres]") {
  Migration m(Kind::postgresql, "create table t(id integer primary key); insert into t values (1),(2)",
              "[table.t]\nfrom = \"s.t\"\n");
  limit_connections(m, 6);
  const ProcessResult fewer = m.run({"-j", "4"});
  CHECK(fewer.status == 0);
  CHECK_THAT(fewer.err, Catch::Contains("room for 6 connections") && Catch::Contains("may have 6, 0 taken") &&
                            Catch::Contains("2 workers in place of 4"));
  CHECK(m.count("t") == "2");
}

TEST_CASE("a run is refused before it writes where the target has no room for one worker", "[postgres]") {
  Migration m(Kind::postgresql, "create table t(id integer primary key); insert into t values (1)",
              "[table.t]\nfrom = \"s.t\"\n");
  limit_connections(m, 4);
  const ProcessResult refused = m.run();
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, Catch::Contains("room for 4 connections") && Catch::Contains("needs 5") &&
                              Catch::Contains("raise that limit"));
  CHECK(m.target("select count(*) from pg_class where relname = 't'") == "0");
  limit_connections(m, 5);
  CHECK(m.run().status == 0);
}

TEST_CASE("without -j the server's own measure of parallel work counts", "[postgres]") {
  Migration m(Kind::postgresql, "create table t(id integer primary key); insert into t values (1)",
              "[table.t]\nfrom = \"s.t\"\n");
  m.target(
      "do $$ begin execute format('alter database %I set max_parallel_workers = 1', current_database()); "
      "end $$");
  const ProcessResult run = m.run();
  CHECK(run.status == 0);
  CHECK_THAT(run.err, Catch::Contains(", 1 worker"));
}

// The index asks the session how many processes may help the server to build it, and leaves the most in a
// sequence: ANALYZE asks it again.
std::string helpers_of_index(const std::string& jobs, const std::string& setting) {
  Migration m(Kind::postgresql,
              "create table t(id integer primary key, n integer);"
              " with recursive k(i) as (select 1 union all select i + 1 from k where i < 50000)"
              " insert into t select i, i from k",
              "[table.t]\nfrom = \"s.t\"\n[table.t.index]\nt_seen = \"(seen(n))\"\n");
  m.target(
      "create sequence told minvalue 0; create function seen(n bigint) returns bigint immutable"
      " language plpgsql as $$ begin perform setval('told', given) from"
      " (select current_setting('max_parallel_maintenance_workers')::int as given) g where given > 0;"
      " return n; end $$;"
      " do $$ begin execute format('alter database %I set max_parallel_maintenance_workers = " +
      setting + "', current_database()); end $$");
  const ProcessResult run = m.run({"-j", jobs});
  INFO(run.out << run.err);
  REQUIRE(run.status == 0);
  return m.target("select last_value from told");
}

TEST_CASE("an index is built by as many processes as would have nothing else to do", "[postgres]") {
  CHECK(helpers_of_index("2", "2") == "1");
  CHECK(helpers_of_index("1", "2") == "0");
  CHECK(helpers_of_index("5", "2") == "2");  // as many as the database's owner allows
  CHECK(helpers_of_index("2", "0") == "0");
}

}  // namespace jobs_test
}  // namespace planrun::test
