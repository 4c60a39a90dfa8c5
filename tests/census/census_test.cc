// Censuses of small databases made by the sqlite3 shell: figures by hand, or by its own queries.
#include <algorithm>

#include "base/error.h"
#include "census/take_census.h"
#include "sqlite/dialect.h"
#include "sqlite/sqlite.h"
#include "support/support.h"

namespace census_test {

using namespace planrun;
using namespace planrun::test;

namespace {

/// A database of `sql`, and its census.
class Counted {
 public:
  explicit Counted(const std::string& sql, const std::string& prepare = {}) {
    sqlite3(file(), prepare + sql);
    take();
  }
  std::filesystem::path file() const { return folder_ / "a.db"; }
  void take() {
    const std::atomic<bool> stop = false;
    census = take_census(*open_sqlite_inspector(file()), *make_sqlite_dialect(), stop);
  }
  const TableCensus& table(const std::string& name = "t") const {
    const auto found =
        std::ranges::find_if(census.tables, [&](const auto& t) { return t.table.name == name; });
    REQUIRE(found != census.tables.end());
    return *found;
  }
  const ColumnCensus& column(const std::string& name, const std::string& of = "t") const {
    const auto& columns = table(of).columns;
    const auto found = std::ranges::find_if(columns, [&](const auto& c) { return c.column.name == name; });
    REQUIRE(found != columns.end());
    return *found;
  }
  std::int64_t asked(const std::string& sql) const { return std::stoll(sqlite3(file(), sql)); }

  DatabaseCensus census;

 private:
  TempFolder folder_;
};

std::string keys(const RowTally& rows) {
  std::string text;
  for (const Key& key : rows.samples) text += (text.empty() ? "" : " ") + to_text(key);
  return text;
}

}  // namespace

TEST_CASE("a census counts every value by its storage class, as SQLite's typeof does") {
  const Counted c(
      "create table t(id integer primary key, a);"
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) insert into t select "
      "i, "
      "case when i = 17 then 'x' when i = 500 then x'00ff' when i = 999 then 2.5 when i % 10 = 0 then null "
      "else i end from n;");
  const ColumnCensus& a = c.column("a");
  CHECK(a.nulls.count == c.asked("select count(*) from t where typeof(a) = 'null'"));
  CHECK(a.integers.all.count == c.asked("select count(*) from t where typeof(a) = 'integer'"));
  CHECK(a.reals.all.count == 1);
  CHECK(a.texts.count == 1);
  CHECK(a.blobs.all.count == 1);
  CHECK(a.rows() == 1000);
  CHECK(c.table().rows == 1000);
  // What is rare has its keys, what is common has none.
  CHECK(keys(a.texts.of(TextKind::other)) == "17");
  CHECK(keys(a.blobs.all) == "500");
  CHECK(keys(a.reals.all) == "999");
  CHECK(a.integers.all.samples.empty());
  CHECK(a.nulls.samples.empty());
  CHECK(c.census.is_whole());
}

TEST_CASE("the keys of nulls are kept where they are less than a hundredth of the rows, or in a key") {
  const Counted c(
      "create table t(id int primary key, rare, often);"
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) insert into t select "
      "nullif(i, 7), iif(i <= 9, null, 1), iif(i <= 10, null, 1) from n;"
      "create table k(id int primary key); insert into k values (null), (null), (1);");
  CHECK(c.column("rare").nulls.count == 9);
  CHECK(keys(c.column("rare").nulls) == "1 2 3");
  CHECK(c.column("often").nulls.samples.empty());
  CHECK(keys(c.column("id").nulls) == "7");
  CHECK(keys(c.column("id", "k").nulls) == "1 2");
}

TEST_CASE("a census has the range of integers, and what may be a time or a boolean") {
  const Counted c(
      "create table t(edge, flag, seconds, millis, micros); insert into t values"
      "(9223372036854775807, 0, 1700000000, 1700000000000, 1700000000000000),"
      "(-9223372036854775808, 1, 631152000, 631152000000, 631152000000000),"
      "(0, 1, 631151999, 4102444800000, 5);");
  CHECK(c.column("edge").integers.range.least == INT64_MIN);
  CHECK(c.column("edge").integers.range.most == INT64_MAX);
  CHECK(c.column("flag").integers.zeros == 1);
  CHECK(c.column("flag").integers.ones == 2);
  CHECK(c.column("seconds").integers.unix_seconds == 2);
  CHECK(c.column("millis").integers.unix_millis == 2);
  CHECK(c.column("millis").integers.unix_seconds == 0);
  CHECK(c.column("micros").integers.unix_micros == 2);
}

TEST_CASE("a census has the digits of reals, and those that are special") {
  const Counted c(
      "create table t(price real, whole real, odd, day real); insert into t values"
      "(19.99, 2, 9e999, 2451545.0), (1234.5, -7, -0.0, 2460000.25), (0.125, 1e15, 1e308, 2459580.5);");
  CHECK(c.column("price").reals.integer_digits == 4);
  CHECK(c.column("price").reals.fraction_digits == 3);
  CHECK(c.column("price").reals.whole == 0);
  CHECK(c.column("price").reals.range.least == 0.125);
  CHECK(c.column("whole").reals.whole == 3);
  CHECK(c.column("whole").reals.fraction_digits == 0);
  CHECK(c.column("whole").reals.integer_digits == 16);
  const RealCensus& odd = c.column("odd").reals;
  CHECK(keys(odd.infinite) == "1");
  CHECK(keys(odd.negative_zero) == "2");
  CHECK(odd.range.most == 1e308);
  CHECK(odd.integer_digits == 309);
  CHECK(c.column("day").reals.julian_days == 3);
}

TEST_CASE("a census tells what texts are, and how long") {
  const Counted c(
      "create table t(id integer primary key, a text); insert into t(a) values"
      "(''), ('2024-01-31'), ('2024-01-31 12:00:00'), ('2023-01-31T12:00:00Z'), ('12'), ('-7'), ('1.25'), "
      "('{\"a\":1}'), ('{\"a\":1,\"a\":2}'), ('{a}'), ('yes'), ('t'), ('été'), ('99999999999999999999'),"
      "(cast(x'61c328' as text)), ('nul' || char(0) || 'byte'), ('12:30:15.25'),"
      "('6ba7b810-9dad-11d1-80b4-00c04fd430c8');");
  const TextCensus& a = c.column("a").texts;
  CHECK(a.count == 18);
  const std::map<TextKind, std::int64_t> expected = {
      {TextKind::empty, 1},   {TextKind::date, 1},    {TextKind::timestamp, 1}, {TextKind::timestamptz, 1},
      {TextKind::time, 1},    {TextKind::integer, 3}, {TextKind::decimal, 1},   {TextKind::json, 2},
      {TextKind::boolean, 2}, {TextKind::uuid, 1},    {TextKind::other, 4}};
  for (const auto& [kind, count] : expected) {
    INFO(to_string(kind));
    CHECK(a.of(kind).count == count);
  }
  CHECK(keys(a.refused_by_jsonb) == "9");
  CHECK(keys(a.broken_json) == "10");
  CHECK(keys(a.beyond_bigint) == "14");
  CHECK(keys(a.invalid_utf8) == "15");
  CHECK(keys(a.nul) == "16");
  CHECK(a.plain_booleans == 1);
  CHECK(a.integers.least == -7);
  CHECK(a.integers.most == 12);
  CHECK(a.integer_digits == 20);
  CHECK(a.fraction_digits == 2);
  CHECK(a.bytes.least == 0);
  CHECK(a.bytes.most == 36);
  CHECK(a.characters.most == 36);
  CHECK(a.micros.least == c.asked("select unixepoch('2023-01-31T12:00:00Z') * 1000000"));
  CHECK(a.micros.most == c.asked("select unixepoch('2024-01-31T12:00:00Z') * 1000000"));
  CHECK(a.second_digits == 2);
}

TEST_CASE("characters are code points, also of a UTF-16 database") {
  const Counted c("create table t(a text, b blob); insert into t values ('été', x''), ('a', x'001122');",
                  "pragma encoding = 'UTF-16le';");
  CHECK(c.column("a").texts.bytes.most == 5);
  CHECK(c.column("a").texts.characters.most == 3);
  CHECK(c.column("a").texts.characters.least == 1);
  CHECK(c.column("b").blobs.bytes.least == 0);
  CHECK(c.column("b").blobs.bytes.most == 3);
}

TEST_CASE("a census says how a table was declared") {
  const Counted c(
      "create table p(id integer primary key autoincrement, name text collate nocase default 'x');"
      "insert into p(id) values (41), (3); delete from p where id = 41;"
      "create table w(a text, b int, primary key (b, a)) without rowid;"
      "create table s(a int) strict;"
      "create view v as select 1 as one;"
      "create virtual table f using fts5(body);"
      "create unique index part on p(name) where id > 5;"
      "create index expr on p(lower(name), id desc);");
  CHECK(c.table("p").declared.autoincrement);
  CHECK(c.table("p").table.sequences == std::map<std::string, std::int64_t>{{"id", 41}});
  CHECK(c.table("p").declared.collations == std::vector<std::string>{"binary", "nocase"});
  CHECK(c.table("p").declared.defaults == std::vector<std::string>{"", "'x'"});
  const auto& indexes = c.table("p").declared.indexes;
  REQUIRE(indexes.size() == 2);
  CHECK(indexes[0].name == "part");
  CHECK(indexes[0].partial);
  CHECK(indexes[0].unique);
  CHECK(indexes[1].parts[0].column == "");
  CHECK(indexes[1].parts[1].descending);
  CHECK(indexes[1].sql == "CREATE INDEX expr on p(lower(name), id desc)");
  CHECK(c.table("w").declared.without_rowid);
  CHECK(c.table("w").table.key == std::vector<std::string>{"b", "a"});
  CHECK(c.table("s").declared.strict);
  CHECK_FALSE(c.table("v").was_read);
  CHECK(c.table("f").table.kind == SourceTableKind::virtual_table);
  CHECK(c.table("f_data").table.kind == SourceTableKind::shadow);
}

TEST_CASE("orphans are those that SQLite's foreign_key_check finds") {
  const Counted c(
      "create table p(id integer primary key, code text unique collate nocase, a int, b int, unique (a, b));"
      "insert into p values (1, 'AB', 1, 1), (2, null, 1, 2);"
      "create table t(id integer primary key, p references p, code references p(code) on delete cascade, "
      "a int, b int, gone references nowhere(id), odd references p(z), foreign key (a, b) references p(a, "
      "b));"
      "insert into t(id, p, code, a, b) values (1, 1, 'ab', 1, 2), (2, 3, 'xy', 1, null), (3, 4, null, 2, 1),"
      "(4, null, 'AB', null, null), (5, 5, 'zz', 9, 9), (6, 6, 'yy', 1, 1);");
  const auto& keys_of_t = c.table().foreign_keys;
  REQUIRE(keys_of_t.size() == 5);
  const auto orphans = [&](const std::string& column) -> const ForeignKeyCensus& {
    return *std::ranges::find_if(keys_of_t, [&](const auto& k) { return k.key.columns[0] == column; });
  };
  CHECK(orphans("p").key.foreign_columns == std::vector<std::string>{"id"});
  CHECK(orphans("p").orphans.count == 4);
  CHECK(keys(orphans("p").orphans) == "2 3 5");
  CHECK(keys(orphans("code").orphans) == "2 5 6");
  CHECK(orphans("code").key.on_delete == "CASCADE");
  CHECK(keys(orphans("a").orphans) == "3 5");
  CHECK(orphans("gone").broken == "there is no table 'nowhere'");
  CHECK(orphans("odd").broken == "table 'p' has no column 'z'");
  const Counted whole(
      "create table p(id integer primary key, code text unique); create table t(a references p, b references "
      "p(code)); insert into p values (1, '1'), (2, null); insert into t values (1, 1), ('1', '01'), (3, "
      "2);");
  CHECK(whole.table().foreign_keys[0].orphans.count + whole.table().foreign_keys[1].orphans.count ==
        whole.asked("select count(*) from pragma_foreign_key_check('t')"));
}

TEST_CASE("duplicates of a unique key are found where only the case tells them apart") {
  const Counted c(
      "create table t(email text primary key, lower_only text unique, part text) without rowid;"
      "create unique index half on t(part) where part <> 'X';"
      "insert into t values ('Ann@x', 'a', 'P'), ('ann@x', 'b', 'p'), ('ANN@x', 'c', null), ('Bob', 'd', "
      "null);");
  REQUIRE(c.table().duplicates.size() == 1);
  CHECK(c.table().duplicates[0].columns == std::vector<std::string>{"email"});
  CHECK(c.table().duplicates[0].values.count == 1);
  CHECK(c.table().duplicates[0].values.samples.size() == 1);
}

TEST_CASE("duplicates of a unique key are found where they are one number written in two ways") {
  const Counted c(
      "create table t(id integer primary key, a unique, b text unique, c text unique);"
      "insert into t values (1, 1, '1.50', '1.0'), (2, '1', '1.5', 'x'), (3, 2, '15', '1'), (4, '3', null, "
      "null);");
  REQUIRE(c.table().duplicates.size() == 2);
  CHECK(c.table().duplicates[0].comparison == LooseComparison::numeric);
  CHECK(c.table().duplicates[0].columns == std::vector<std::string>{"a"});
  CHECK(c.table().duplicates[0].values.count == 1);
  CHECK(c.table().duplicates[1].columns == std::vector<std::string>{"b"});
  CHECK(c.table().duplicates[1].values.count == 1);
}

TEST_CASE("a generated column that fails is told with its rows, and the other columns are counted whole") {
  const Counted c(
      "create table t(id integer primary key, i, n as (i), gone as (i), d as (id * 2));"
      "insert into t(i) values (-5), (-9223372036854775808), (7); pragma writable_schema = on;"
      // SQLite itself refuses to write such rows.
      "update sqlite_schema set sql = replace(replace(sql, 'n as (i)', 'n as (abs(i))'), 'gone as (i)', "
      "'gone as (nobody_has_this(i))');");
  CHECK(c.table().error == "");
  CHECK(c.table().rows == 3);
  CHECK(c.column("i").integers.all.count == 3);
  CHECK(c.column("d").integers.range.most == 6);
  CHECK(c.column("n").integers.all.count == 2);
  CHECK(keys(c.column("n").unreadable) == "2");
  CHECK(c.column("n").failure == "integer overflow");
  CHECK(c.column("gone").unreadable.count == 3);
  CHECK_THAT(c.column("gone").failure, ContainsSubstring("nobody_has_this"));
  CHECK_FALSE(c.census.is_whole());
}

TEST_CASE("damage names its table, and the others are still read") {
  Counted c(
      "create table t(id integer primary key, a text); create table u(a); insert into u values (1);"
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) insert into t select "
      "i, "
      "printf('%0100d', i) from n;",
      "pragma page_size = 1024;");
  const std::int64_t page =
      c.asked("select pageno from dbstat where name = 't' and pagetype = 'leaf' limit 1 offset 50");
  std::string bytes = read_file(c.file());
  bytes.replace(static_cast<std::size_t>(page - 1) * 1024, 1024, 1024, '\xff');
  write_file(c.file(), bytes);
  c.take();
  CHECK_THAT(c.table().error, ContainsSubstring("table 't'"));
  CHECK(c.table().rows < 2000);
  CHECK(c.table("u").rows == 1);
  CHECK_FALSE(c.census.is_whole());
}

TEST_CASE("a table of 2,000 columns is read, and one without a key is told by the place of its rows") {
  std::string columns;
  for (int i = 0; i < 2000; ++i) columns += (i == 0 ? "c" : ", c") + std::to_string(i);
  const Counted c(
      "create table t(" + columns +
      "); insert into t(c0, c1999) values (1, 2), (3, null);"
      "create table n(rowid, oid, _rowid_); insert into n values (1, 1, 1), (1, 'x', 1), (1, 1, 1);");
  CHECK(c.column("c0").integers.range.most == 3);
  CHECK(c.column("c1999").integers.all.count == 1);
  CHECK(c.column("c1000").nulls.count == 2);
  CHECK(keys(c.column("oid", "n").texts.of(TextKind::other)) == "2");
}

TEST_CASE("a census that is asked to stop ends without one") {
  TempFolder folder;
  sqlite3(folder / "a.db", "create table t(a)");
  const std::atomic<bool> stop = true;
  const auto inspector = open_sqlite_inspector(folder / "a.db");
  try {
    take_census(*inspector, *make_sqlite_dialect(), stop);
    FAIL("it did not stop");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::interrupted);
  }
}

}  // namespace census_test
