// Many small tables share steps and transactions: each has what it would have alone, and so have others.
#include <filesystem>

#include "support/migration.h"
#include "support/target_state.h"

namespace many_tables_test {

using namespace planrun::test;

namespace {

constexpr int kTables = 130;  // more than share a step

std::string name_of(int i) {
  return "t" + std::to_string(100 + i);
}

/// Table i has i % 4 rows, from key 10 on.
std::string source_sql() {
  std::string sql;
  for (int i = 0; i < kTables; ++i) {
    sql += "create table " + name_of(i) + "(id integer primary key autoincrement, name text);";
    for (int row = 0; row < i % 4; ++row)
      sql += "insert into " + name_of(i) + " values (" + std::to_string(10 + row) + ", 'row " +
             std::to_string(row) + "');";
  }
  return sql;
}

std::string plan_tables() {
  std::string plan;
  for (int i = 0; i < kTables; ++i) {
    const std::string name = name_of(i);
    plan += "[table." + name + "]\nfrom = \"s." + name + "\"\n[table." + name +
            ".columns]\nid = \"serial primary key\"\nname = \"text\"\n[table." + name + ".index]\n" + name +
            "_name = \"(name)\"\n";
  }
  return plan;
}

TEST_CASE("many tables in SQLite have their counters and statistics, and a table of others keeps its own") {
  Migration m(Kind::sqlite, source_sql(), plan_tables());
  m.target(
      "create table others(id integer primary key autoincrement, v text); create index others_v on others(v);"
      "insert into others(v) values ('a'), ('b'); analyze; delete from others where v = 'b'");
  const std::string before = target_state(m.target_url());
  const std::string others =
      "select stat, (select seq from sqlite_sequence where name = 'others') from sqlite_stat1 where tbl = "
      "'others'";
  REQUIRE(m.target(others) == "2 1|2");
  const ProcessResult ran = m.run();
  INFO(ran.out << ran.err);
  REQUIRE(ran.status == 0);
  CHECK(m.target(others) == "2 1|2");

  // By i % 4: 33 tables are empty, 33 have one row, 32 two, 32 three.
  const std::string ours = " from sqlite_sequence where name like 't___' group by seq order by seq";
  CHECK(m.target("select seq, count(*), count(distinct name)" + ours) ==
        "0|33|33\n10|33|33\n11|32|32\n12|32|32");
  CHECK(m.target("insert into t103(name) values ('next'); select max(id) from t103; delete from t103 where "
                 "id = 13") == "13");
  const std::string statistics = "select tbl, idx, stat from sqlite_stat1 where tbl like 't___' order by tbl";
  const std::string found = m.target(statistics);
  CHECK(m.target("select count(*) from sqlite_stat1 where tbl like 't___'") == "97");
  const auto copy = m.state() / "copy.db";
  std::filesystem::copy_file(m.target_file(), copy);
  CHECK(sqlite3(copy, "analyze; " + statistics) == found);

  CHECK(m.target("select count(*) from " + m.ledger("step") + " where state <> 'done'") == "0");
  const ProcessResult back = m.rollback();
  INFO(back.out << back.err);
  REQUIRE(back.status == 0);
  CHECK(target_state(m.target_url()) == before);
}

TEST_CASE("small tables that several loads fill have one counter each in SQLite") {
  const std::string write = GENERATE("insert", "insert_missing");
  std::string plan;
  for (const std::string table : {"one", "two"}) {
    plan += "[table." + table + "]\n[table." + table +
            ".columns]\nid = \"serial primary key\"\nname = \"text\"\n";
    for (const std::string from : {"a", "b"}) {
      plan += "[table." + table + ".load." + from + "]\nfrom = \"s." + from + "\"\nwrite = \"" + write +
              "\"\n" + (write == "insert" ? "" : "key = [\"id\"]\n");
    }
  }
  Migration m(Kind::sqlite,
              "create table a(id integer primary key, name text); insert into a values (1, 'x'), (2, 'y');"
              "create table b(id integer primary key, name text); insert into b values (11, 'p'), (12, 'q');",
              plan);
  const ProcessResult ran = m.run();
  INFO(write << ran.out << ran.err);
  REQUIRE(ran.status == 0);
  CHECK(m.target("select name, seq from sqlite_sequence where name in ('one', 'two') order by name") ==
        "one|12\ntwo|12");
}

}  // namespace
}  // namespace many_tables_test
