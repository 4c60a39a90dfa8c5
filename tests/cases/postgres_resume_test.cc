// A run from a PostgreSQL source goes on at another moment: what it has committed is held against the source
// of now, whatever became of the rows in the target.
#include "cases/postgres_pair.h"

namespace postgres_resume_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table m (id int primary key, x text); insert into m select i, 'new' || i from generate_series(1, "
    "3000) i;"
    "create table dst.m1 (id int primary key, x text);";

std::string load_of(const std::string& write, const std::string& more = "") {
  return "[table.m1]\nfrom = \"s.m\"\nexists = true\nwrite = \"" + write + "\"\nkey = [\"id\"]\n" + more;
}

std::string step(const std::string& sql) {
  return "\n[[sql]]\nname = \"late\"\nat = \"end\"\nsql = \"" + sql + "\"\nundo = \"select 1\"\n";
}

// Fails behind its last row, and goes on when the plan is mended.
void check_goes_on(PostgresPair& s, const std::string& load) {
  s.write_plan(load + step("select 1 / 0"));
  REQUIRE(s.run().status == 1);
  s.write_plan(load + step("select 1"));
  passes(s.run());
}

}  // namespace

TEST_CASE("rows that were left in the target are told again when a run goes on", "[cases][postgres]") {
  PostgresPair s(kSource + "insert into dst.m1 values (5, 'new5'), (7, 'other');");
  check_goes_on(s, load_of("insert_missing"));
  CHECK(s.psql("select count(*), min(x) from dst.m1") == "3000|new1");
  CHECK(s.psql("select x from dst.m1 where id = 7") == "other");
  passes(s.command("rollback", {"--yes"}));
  CHECK(s.psql("select string_agg(x, ',' order by id) from dst.m1") == "new5,other");
}

TEST_CASE("rows that met their equal are told again when a run goes on", "[cases][postgres]") {
  PostgresPair s(
      "create table m (pk int primary key, id int, x text); insert into m select i, (i + 1) / 2, 'v' || (i + "
      "1) "
      "/ 2 from generate_series(1, 3000) i;"
      "create table dst.m1 (id int primary key, x text); insert into dst.m1 values (5, 'old');");
  check_goes_on(s, load_of("upsert", "ignore = [\"pk\"]\n"));
  CHECK(s.psql("select count(*), count(*) filter (where x = 'v' || id) from dst.m1") == "1500|1500");
}

TEST_CASE("a source that has changed is seen beside rows that were left", "[cases][postgres]") {
  PostgresPair s(kSource + "insert into dst.m1 values (5, 'other');");
  s.write_plan(load_of("insert_missing") + step("select 1 / 0"));
  REQUIRE(s.run().status == 1);
  s.psql("update src.m set x = 'changed' where id = 5");
  s.write_plan(load_of("insert_missing") + step("select 1"));
  const ProcessResult again = s.run();
  CHECK(again.status != 0);
  says(again, "source s has changed since this run began");
}

TEST_CASE("a reject is tried again beside rows that were left", "[cases][postgres]") {
  PostgresPair s(
      "create table m (id int primary key, x text); insert into m select i, 'v' || i from generate_series(1, "
      "100) "
      "i; update m set x = 'much too long for it' where id = 50;"
      "create table dst.m1 (id int primary key, x varchar(10)); insert into dst.m1 values (3, 'old');");
  s.write_plan(load_of("insert_missing", "on_reject = \"keep\"\n"));
  passes(s.run());
  s.psql("update src.m set x = 'fixed' where id = 50");
  passes(s.command("rejects", {"--retry"}));
  CHECK(s.psql("select count(*), max(x) filter (where id = 50) from dst.m1") == "100|fixed");
}

TEST_CASE("a row that an index turned out after its chunk is not told when a run goes on",
          "[cases][postgres]") {
  PostgresPair s(
      "create table m (id int primary key, x text); insert into m select i, 'v' || i from generate_series(1, "
      "100) "
      "i; update m set x = 'v7' where id = 50;");
  check_goes_on(s, "[table.m]\nfrom = \"s.m\"\non_reject = \"keep\"\nconstraints = [\"unique (x)\"]\n");
  CHECK(s.psql("select count(*), count(*) filter (where x = 'v7') from dst.m") == "99|1");
  s.psql("update src.m set x = 'v50' where id = 50");
  passes(s.command("rejects", {"--retry"}));
  CHECK(s.psql("select count(*), count(distinct x) from dst.m") == "100|100");
}

}  // namespace postgres_resume_test
