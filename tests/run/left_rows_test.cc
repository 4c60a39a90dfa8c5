// Rows that a load meets and does not write: what `insert_missing` lets be, and what a trigger takes away.
#include <chrono>

#include "support/migration.h"
#include "support/target_state.h"

namespace left_rows_test {

using namespace planrun::test;

namespace {

ProcessResult verify(const Migration& m, const std::string& plan) {
  return run_planrun({"verify", plan}, m.state());
}

std::string plan_of(const std::string& write, const std::string& key, const std::string& columns) {
  return "[table.c]\nfrom = \"s.c\"\nexists = true\nwrite = \"" + write + "\"\nkey = [\"" + key +
         "\"]\nignore = [\"note\"]\n[table.c.columns]\n" + columns;
}

const std::string kPeople =
    "create table c(id integer primary key, n text, note text);"
    "insert into c values (1, 'A1', null), (2, 'A2', null), (4, 'A4', null);";
const std::string kById = "id = { from = \"id\" }\nn = { from = \"n\" }\n";

// The plan beside it, which finds what the first has written.
std::string later_plan(const Migration& m, const std::string& write) {
  std::string text = read_file(m.plan_file());
  text.replace(text.find("\"test\""), 6, "\"later\"");
  text.replace(text.find("\"upsert\""), 8, "\"" + write + "\"");
  std::string file = m.plan_file().parent_path() / "later.toml";
  write_file(file, text);
  return file;
}

void check_found_by_later_run(Kind kind) {
  Migration m(kind, kPeople, plan_of("upsert", "id", kById));
  m.target("create table c(id integer primary key, n text)");
  const std::string before = target_state(m.target_url());
  REQUIRE(m.run().status == 0);
  const std::string later = later_plan(m, "insert_missing");
  const ProcessResult found = run_planrun({later}, m.state());
  INFO(found.out << found.err);
  REQUIRE(found.status == 0);
  CHECK_THAT(found.out,
             ContainsSubstring("1 table, 0 rows beside 3 whose row was there and was left as it was"));
  CHECK(verify(m, later).status == 0);
  const ProcessResult refused = m.rollback();
  INFO(refused.out << refused.err);
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err,
             ContainsSubstring("of plan later has written or found since what this run wrote: 3 rows"));
  CHECK(m.count("c") == "3");
  // Only whether they are there counts.
  m.target("update c set n = 'other' where id = 2");
  CHECK(verify(m, later).status == 0);
  m.target("delete from c where id = 2");
  const ProcessResult gone = verify(m, later);
  INFO(gone.out << gone.err);
  CHECK(gone.status == 3);
  CHECK_THAT(gone.out, ContainsSubstring("expected a row, found no such row"));
  // What was let be is nobody's to take back.
  const ProcessResult back = run_planrun({"rollback", "--yes", later}, m.state());
  INFO(back.out << back.err);
  CHECK(back.status == 0);
  CHECK(m.target("select id from c order by id") == "1\n4");
  CHECK(m.rollback({"--discard-later"}).status == 0);
  CHECK(target_state(m.target_url()) == before);
}

// The key is the natural one; the table gives its own.
void check_natural_key(Kind kind) {
  Migration m(
      kind,
      "create table c(k text, n text, note text); insert into c values ('a', 'x', null), ('new', 'y', null),"
      "('a', 'z', null)",
      plan_of("insert_missing", "k", "k = { from = \"k\" }\nn = { from = \"n\" }\n"));
  m.target(kind == Kind::sqlite ? "create table c(id integer primary key, k text unique not null, n text)"
                                : "create table c(id integer generated always as identity primary key, k "
                                  "text unique not null, n text)");
  m.target("insert into c(k, n) values ('a', 'one'), ('b', 'two')");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  REQUIRE(r.status == 0);
  CHECK(m.target("select k, n from c order by k") == "a|one\nb|two\nnew|y");
  CHECK(verify(m, m.plan_file().string()).status == 0);
  m.target("update c set n = 'changed' where k = 'new'");
  CHECK(verify(m, m.plan_file().string()).status == 3);
  m.target("update c set n = 'y' where k = 'new'");
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select k, n from c order by k") == "a|one\nb|two");
}

}  // namespace

TEST_CASE("rows that insert_missing found count for the run before and for verify, in SQLite") {
  check_found_by_later_run(Kind::sqlite);
}
TEST_CASE("rows that insert_missing found count for the run before and for verify, in PostgreSQL",
          "[postgres]") {
  check_found_by_later_run(Kind::postgresql);
}

TEST_CASE("insert_missing by a natural key is verified, in SQLite") {
  check_natural_key(Kind::sqlite);
}
TEST_CASE("insert_missing by a natural key is verified, in PostgreSQL", "[postgres]") {
  check_natural_key(Kind::postgresql);
}

// The row that was found by its code has the id of another one that the run inserted.
TEST_CASE("rows are told apart by what a load finds them by", "[postgres]") {
  const auto check = [](Kind kind) {
    Migration m(
        kind,
        "create table c(rid integer primary key, id int, k text); insert into c values (1, 3, 'e'), (2, 3, "
        "'f');",
        "[table.c]\nfrom = \"s.c\"\nexists = true\nwrite = \"insert_missing\"\nkey = [\"k\"]\nignore = "
        "[\"rid\"]\n");
    m.target("create table c(id integer primary key, k text unique)");
    m.target("insert into c values (8, 'f')");
    REQUIRE(m.run().status == 0);
    CHECK(m.target("select * from c order by id") == "3|e\n8|f");
    const ProcessResult r = verify(m, m.plan_file().string());
    INFO(r.out << r.err);
    CHECK(r.status == 0);
    m.target("delete from c where id = 8");
    CHECK(verify(m, m.plan_file().string()).status == 3);
  };
  SECTION("SQLite") {
    check(Kind::sqlite);
  }
  SECTION("PostgreSQL") {
    if (has_postgres()) check(Kind::postgresql);
  }
}

// Each row that was written is read back by its key: not by reading the whole table for it.
TEST_CASE("rows of a key that is no rowid are read back by its index, in SQLite") {
  const auto seconds = [](const std::string& type) {
    Migration m(Kind::sqlite,
                "create table c(id integer primary key, n text); with recursive i(x) as (select 1 union all "
                "select x + "
                "1 from i where x < 20000) insert into c select x, 'n' || x from i;",
                "[table.c]\nfrom = \"s.c\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n");
    m.target("create table c(id " + type + " primary key, n text)");
    REQUIRE(m.run().status == 0);
    const auto start = std::chrono::steady_clock::now();
    CHECK(verify(m, m.plan_file().string()).status == 0);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  // Without the index it was more than twenty times as slow, and four times the rows sixteen times.
  CHECK(seconds("bigint") < 6 * seconds("integer"));
}

TEST_CASE("a trigger that ignores a row ends the run, and no row of others goes, in SQLite") {
  const std::string ignoring =
      "create trigger t before insert on c when new.n = 'A2' begin select raise(ignore); end";
  for (const std::string write : {"insert", "upsert", "insert_missing", "update"}) {
    const bool updates = write == "update";
    std::string plan =
        plan_of(updates ? "upsert" : write, "k", "k = { from = \"n\" }\nn = { from = \"n\" }\n");
    plan.replace(plan.find("[\"note\"]"), 8, "[\"note\", \"id\"]");
    if (write == "insert") plan.erase(plan.find("key = "), std::string("key = [\"k\"]\n").size());
    Migration m(Kind::sqlite, kPeople, plan);
    m.target("create table c(id integer primary key, k text unique not null, n text)");
    m.target("insert into c values (1, 'of others', 'mine')");
    if (updates) m.target("insert into c values (2, 'A2', 'mine too')");
    m.target(updates ? "create trigger t before update on c begin select raise(ignore); end" : ignoring);
    const std::string before = target_state(m.target_url());
    const ProcessResult r = m.run();
    INFO(write << r.out << r.err);
    CHECK(r.status == 1);
    CHECK_THAT(r.out,
               ContainsSubstring("table c took 0 of 1 row given to it") && ContainsSubstring("trigger"));
    const ProcessResult back = m.rollback();
    CHECK(back.status == 0);
    CHECK(target_state(m.target_url()) == before);
  }
}

TEST_CASE("a row of others with a null in its key is named, in SQLite") {
  std::string plan = plan_of("upsert", "k", "k = { from = \"n\" }\nn = { from = \"n\" }\n");
  plan.replace(plan.find("[\"note\"]"), 8, "[\"note\", \"id\"]\non_reject = \"keep\"");
  Migration m(Kind::sqlite, kPeople, plan);
  m.target("create table c(id text primary key default (lower(hex(randomblob(4)))), k text unique, n text)");
  m.target("insert into c values ('x1', 'A1', 'one'), (null, 'A2', 'two')");
  const ProcessResult r = m.run();
  INFO(r.out << r.err);
  CHECK(r.status == 0);
  CHECK_THAT(r.out, ContainsSubstring("has a null in its own key"));
  CHECK(m.target("select k, n from c order by k") == "A1|A1\nA2|two\nA4|A4");
  CHECK(m.rollback().status == 0);
  CHECK(m.target("select k, n from c order by k") == "A1|one\nA2|two");
}

}  // namespace left_rows_test
