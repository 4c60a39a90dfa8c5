// What the run's own transactions do to a guard is told as theirs, also what the plan's own SQL does.
#include "support/migration.h"

namespace guard_test {

using namespace planrun::test;

namespace {

const std::string kSource =
    "create table o(id integer primary key, amount integer);"
    "with recursive i(n) as (select 2 union all select n + 1 from i where n < 50) insert into o select n, n "
    "from "
    "i;";
const std::string kLoad = "[table.orders]\nfrom = \"s.o\"\nexists = true\n";

std::string guard(const std::string& sql, const std::string& severity) {
  return "[guard.g]\nsql = \"" + sql + "\"\nseverity = \"" + severity + "\"\n";
}

std::string step(const std::string& sql) {
  return "[[sql]]\nname = \"w\"\nat = \"after_load\"\nsql = \"" + sql +
         "\"\nundo = \"delete from log where id = 77\"\n";
}

const std::string kNote = "insert into log values (77, 'q')";

void make_tables(const Migration& m) {
  m.target("create table orders(id integer primary key, amount integer)");
  m.target("insert into orders values (1, 10)");
  m.target("create table log(id integer primary key, x text)");
}

void check_step(Kind kind) {
  Migration m(kind, kSource, kLoad + guard("select count(*) from log", "critical") + step(kNote));
  make_tables(m);
  const ProcessResult refused = m.run();
  INFO(refused.out << refused.err);
  CHECK(refused.status == 3);
  CHECK_THAT(refused.out + refused.err, ContainsSubstring("sql w changes guard g from 0 to 1"));
  CHECK(m.count("log") == "0");
  m.write_plan(kLoad + guard("select count(*) from log", "critical") + step("delete from log"));
  CHECK(m.run().status == 0);
  CHECK(m.count("orders") == "50");
}

void check_lesser(Kind kind) {
  Migration m(kind, kSource, kLoad + guard("select count(*) from log", "warning") + step(kNote));
  make_tables(m);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out + r.err, ContainsSubstring("sql w changes guard g from 0 to 1"));
  CHECK_THAT(r.out + r.err, ContainsSubstring("the run has changed it itself"));
  CHECK_THAT(r.out + r.err, !ContainsSubstring("somebody else"));
}

// The view is made by the plan itself: there is no reading it before the run.
void check_unreadable(Kind kind) {
  Migration m(kind, kSource,
              kLoad + guard("select count(*) from big", "critical") +
                  "[view.big]\nsql = \"select * from orders where amount > 5\"\n");
  make_tables(m);
  for (const std::vector<std::string>& how : {std::vector<std::string>{"--dry-run"}, {}}) {
    const ProcessResult r = m.run(how);
    INFO(r.out << r.err);
    CHECK(r.status == 1);
    CHECK_THAT(r.out + r.err, ContainsSubstring("guard g cannot be read before the run"));
    CHECK(m.count("orders") == "1");
  }
}

}  // namespace

TEST_CASE("a preview tells of a guard that cannot be read, in SQLite") {
  check_unreadable(Kind::sqlite);
}
TEST_CASE("a preview tells of a guard that cannot be read, in PostgreSQL", "[postgres]") {
  check_unreadable(Kind::postgresql);
}

TEST_CASE("a critical guard holds the plan's own SQL, in SQLite") {
  check_step(Kind::sqlite);
}
TEST_CASE("a critical guard holds the plan's own SQL, in PostgreSQL", "[postgres]") {
  check_step(Kind::postgresql);
}

TEST_CASE("what the plan's own SQL does to a lesser guard is told as the run's, in SQLite") {
  check_lesser(Kind::sqlite);
}
TEST_CASE("what the plan's own SQL does to a lesser guard is told as the run's, in PostgreSQL",
          "[postgres]") {
  check_lesser(Kind::postgresql);
}

TEST_CASE("what a load does to a lesser guard is nobody else's doing, in PostgreSQL", "[postgres]") {
  Migration m(Kind::postgresql, kSource,
              kLoad + guard("select count(*) from orders where amount > 5", "warning"));
  make_tables(m);
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out + r.err, ContainsSubstring("load orders changes guard g from 1 to 46"));
  CHECK_THAT(r.out + r.err, ContainsSubstring("the run has changed it itself"));
  CHECK_THAT(r.out + r.err, !ContainsSubstring("somebody else"));
}

}  // namespace guard_test
