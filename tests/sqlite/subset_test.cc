// Some rows of a database as a database of its own, as the sqlite3 shell tells it.
#include "sqlite/fixture.h"

namespace subset_test {

using namespace planrun;
using namespace planrun::test;

namespace {

Key text_key(const std::string& text) {
  const Cell cell = Cell::of_text(text);
  return key_of({&cell, 1});
}

struct Cut {
  TempFolder folder;
  explicit Cut(const std::string& sql) { planrun::test::sqlite3(folder / "a.db", sql); }
  std::string a(const std::string& sql) const { return planrun::test::sqlite3(folder / "a.db", sql); }
  std::string b(const std::string& sql) const { return planrun::test::sqlite3(folder / "b.db", sql); }
  void make(const std::vector<TableRows>& rows) const {
    open_sqlite_source(folder / "a.db")->subset(folder / "b.db", rows);
    CHECK(b("pragma integrity_check") == "ok");
    CHECK_FALSE(std::filesystem::exists(folder / "b.db.partial"));
  }
};

}  // namespace

TEST_CASE("subset: rowids, storage classes, sequences and the whole schema stay") {
  const Cut cut(
      "create table t (id integer primary key autoincrement, v, g as (v || '!'), check (id > 0));"
      "insert into t (id, v) values (3, 1), (5, 1.0), (8, '1'), (9, x'31'), (12, null), (20, 'twenty');"
      "delete from t where id = 20;"
      "create table plain (v numeric); insert into plain (rowid, v) values (-7, 1), (11, 'x'), (12, 2.5);"
      "create table other (x); insert into other values (1);"
      "create index t_v on t (v) where v is not null; create view w as select count(*) as n from t;"
      "create trigger tr after insert on t begin delete from other; end; pragma user_version = 7");
  cut.make({{"t", false, {rowid_key(8), rowid_key(3), rowid_key(5), rowid_key(9)}},
            {"plain", false, {rowid_key(-7), rowid_key(12)}}});
  CHECK(cut.b("select id, typeof(v), v, g from t") ==
        "3|integer|1|1!\n5|real|1.0|1.0!\n8|text|1|1!\n9|blob|1|1!");
  CHECK(cut.b("select rowid, v from plain") == "-7|1\n12|2.5");
  CHECK(cut.b("select count(*) from other") == "0");
  CHECK(cut.b("select n from w") == "4");
  CHECK(cut.b("select seq from sqlite_sequence where name = 't'") == "20");
  CHECK(cut.b("pragma user_version") == "7");
  const std::string schema = "select type, name, sql from sqlite_schema order by type, name";
  CHECK(cut.b(schema) == cut.a(schema));
}

TEST_CASE("subset: a table without rowid keeps the order of its keys, in UTF-16 too") {
  // By the bytes of UTF-16LE, U+1F600 (3D D8 00 DE) < a (61 00) < U+FF61 (61 FF) < b (62 00); in UTF-8 it is
  // the last.
  const Cut cut(
      "pragma encoding = 'UTF-16le'; create table t (k text primary key desc, v) without rowid;"
      "insert into t values (char(65377), 1), (char(128512), 2), ('a', 3), ('b', 4)");
  cut.make({{"t", false, {text_key("a"), text_key("\xEF\xBD\xA1"), text_key("\xF0\x9F\x98\x80")}}});
  CHECK(cut.b("select v from t order by k desc") == "1\n3\n2");
  CHECK(cut.a("select v from t order by k desc") == "4\n1\n3\n2");
  CHECK(cut.b("pragma encoding") == "UTF-16le");
}

TEST_CASE("subset: a view becomes a table of its rows, named by their places") {
  const Cut cut(
      "create table t (id integer primary key, n numeric); insert into t values (1, 5), (2, 'x'), (3, 7.5);"
      "create view v as select n, n || '' as words, id from t; create view of_v as select count(*) as n from "
      "v");
  SECTION("all") {
    cut.make({{"v", true, {}}});
    CHECK(cut.b("select rowid, typeof(n), words, id from v") == "1|integer|5|1\n2|text|x|2\n3|real|7.5|3");
    CHECK(cut.b("select count(*) from t") == "0");
  }
  SECTION("some") {
    cut.make({{"v", false, {rowid_key(3), rowid_key(1)}}, {"t", false, {}}});
    CHECK(cut.b("select words from v") == "5\n7.5");
    CHECK(cut.b("select n from of_v") == "2");
  }
}

TEST_CASE("subset: tables that hide their rowids, and virtual tables, are cut by place") {
  const Cut cut(
      "create table t (rowid, _rowid_, oid, v); insert into t values (1, 1, 1, 'a'), (1, 1, 1, 'b'), (1, 1, "
      "1, 'c');"
      "create virtual table f using fts5 (x); insert into f values ('one'), ('two'), ('three')");
  cut.make({{"t", false, {rowid_key(2), rowid_key(3)}}, {"f", false, {rowid_key(1), rowid_key(3)}}});
  CHECK(cut.b("select v from t") == "b\nc");
  CHECK(cut.b("select x from f") == "one\nthree");
}

TEST_CASE("subset: a table that needs what only its application knows is kept in a plain form") {
  const Cut cut(
      "create table t (id integer primary key, v text not null);"
      "insert into t values (1, 'a'), (2, 'b'); pragma writable_schema = on;"
      "update sqlite_schema set sql = 'create table t (id integer primary key, v text not null collate "
      "nocase "
      "check (only_there(v)))'");
  cut.make({{"t", false, {rowid_key(2)}}});
  CHECK(cut.b("select id, v from t where v = 'B'") == "2|b");
  CHECK(cut.b("select \"notnull\", pk from pragma_table_info('t')") == "0|1\n1|0");
}

TEST_CASE("subset: a row that is not there, or that its own table refuses, is told") {
  const Cut cut(
      "create table t (id integer primary key, v text not null default 'x'); insert into t (id) values (1)");
  const auto source = open_sqlite_source(cut.folder / "a.db");
  CHECK_THROWS_WITH(source->subset(cut.folder / "b.db", {{"t", false, {rowid_key(2)}}}),
                    ContainsSubstring("row 2 of table") && ContainsSubstring("is gone"));
  CHECK_FALSE(std::filesystem::exists(cut.folder / "b.db"));
  cut.a(
      "pragma writable_schema = on; update sqlite_schema set sql = 'create table t (id integer primary key, "
      "v text)'");
  cut.a("insert into t values (3, null)");
  cut.a(
      "pragma writable_schema = on; update sqlite_schema set sql = 'create table t (id integer primary key, "
      "v text "
      "not null)'");
  CHECK_THROWS_WITH(
      open_sqlite_source(cut.folder / "a.db")->subset(cut.folder / "b.db", {{"t", false, {rowid_key(3)}}}),
      ContainsSubstring("breaks the declaration of its own table"));
}

}  // namespace subset_test
