// Ranges over keys of all kinds: every row exactly once, wherever a range is cut.
#include <algorithm>

#include "sqlite/catalog.h"
#include "sqlite/fixture.h"

namespace planrun::test::reader_test {
namespace {

struct KeyCase {
  std::string name;
  std::string table;  // CREATE TABLE t, and its rows
  std::string order;  // ORDER BY of the table's own order, as the shell is asked
  std::vector<std::string> columns;
};

const std::vector<KeyCase>& key_cases() {
  static const std::vector<KeyCase> cases = {
      {"rowid",
       "create table t(a, b); insert into t(rowid, a) values (-3,'x'),(0,'y'),(1,'z'),(70,'w')",
       "rowid",
       {"a"}},
      {"rowid at both ends of int64",
       "create table t(a); insert into t(rowid, a) values "
       "(-9223372036854775808,1),(-9223372036854775807,2),(0,3),"
       "(9223372036854775806,4),(9223372036854775807,5)",
       "rowid",
       {"a"}},
      {"NOCASE",
       "create table t(k text collate nocase primary key, v) without rowid; "
       "insert into t values ('b',1),('A',2),('C',3),('_',4),('a2',5),('Z',6),('é',7)",
       "k",
       {"k", "v"}},
      {"NOCASE in the key alone",
       "create table t(k text, n int, v, primary key(k collate nocase, n)) without rowid; "
       "insert into t values ('b',1,1),('A',2,2),('B',2,3),('a',1,4),('_',4,5),('Z',1,6)",
       "k collate nocase, n",
       {"k", "n", "v"}},
      {"all descending",
       "create table t(a int, b text, v, primary key(a desc, b desc)) without rowid; "
       "insert into t values (1,'a',1),(1,'b',2),(2,'a',3),(2,'c',4),(-5,'',5)",
       "a desc, b desc",
       {"a", "b"}},
      {"mixed directions and collations",
       "create table t(a text, b int, c text, v, primary key(a collate nocase desc, b, c collate rtrim "
       "desc)) without rowid; "
       "insert into t values ('a',1,'x',1),('A',1,'y',2),('A',2,'x',3),('b',1,'x',4),('b',1,'z  "
       "',5),('B',0,'x',6),('',9,'x',7)",
       "a collate nocase desc, b, c collate rtrim desc",
       {"a", "b", "c"}},
      {"values of every class in one key column",
       "create table t(k primary key, v) without rowid; "
       "insert into t values "
       "(1,1),(1.5,2),(-2,3),('1',4),('a'||char(0)||'b',5),('a',6),(x'00ff',7),(x'',8),('',9),(9e300,10)",
       "k",
       {"k", "v"}},
  };
  return cases;
}

TEST_CASE("every cut point of every kind of key gives each row exactly once, in the table's own order") {
  for (const auto& c : key_cases()) {
    INFO(c.name);
    TempFolder folder;
    sqlite3(folder / "s.db", c.table);
    const auto source = open_sqlite_source(folder / "s.db")->connect();
    const ReadRequest request = columns_of("t", c.columns);
    const auto whole = read_lines(*source, request);
    // The shell says which rows there are, and in which order.
    const std::string shown =
        sqlite3(folder / "s.db", "select quote(" + c.columns[0] + ") from t order by " + c.order);
    REQUIRE(std::count(shown.begin(), shown.end(), '\n') + 1 == static_cast<long>(whole.size()));
    std::vector<Cell> row(c.columns.size());
    std::vector<Key> keys;
    const auto reader = source->read(request, {});
    while (reader->next(row) == ReadOutcome::row) keys.push_back(reader->key());
    for (const auto& key : keys) {
      auto lines = read_lines(*source, request, {{}, key});
      const std::size_t before = lines.size();
      CHECK(before == static_cast<std::size_t>(&key - keys.data()));
      for (const auto& line : read_lines(*source, request, {key, {}})) lines.push_back(line);
      CHECK(lines == whole);
    }
    for (std::size_t i = 0; i + 2 < keys.size(); ++i) {
      CHECK(read_lines(*source, request, {keys[i], keys[i + 2]}) ==
            std::vector(whole.begin() + static_cast<long>(i), whole.begin() + static_cast<long>(i) + 2));
    }
  }
}

TEST_CASE("the order of a WITHOUT ROWID key is the one that the shell gives") {
  for (const auto& c : key_cases()) {
    if (c.name.starts_with("values")) continue;  // the shell cuts text at NUL
    INFO(c.name);
    TempFolder folder;
    sqlite3(folder / "s.db", c.table);
    const auto source = open_sqlite_source(folder / "s.db")->connect();
    std::string expected =
        sqlite3(folder / "s.db", "select " + join(c.columns, "||'|'||") + " from t order by " + c.order);
    std::string found;
    for (auto line : read_lines(*source, columns_of("t", c.columns))) {
      std::erase(line, '\'');
      found += (found.empty() ? "" : "\n") + line;
    }
    CHECK(found == expected);
  }
}

TEST_CASE("ranges cover a table and are disjoint, also where rowids are at the ends of int64") {
  TempFolder folder;
  sqlite3(
      folder / "s.db",
      "create table even(a); with recursive n(i) as (select 1 union all select i+1 from n where i < 30000) "
      "insert into even select i from n; "
      "create table wild(a); insert into wild(rowid, a) values (-9223372036854775808, 0), "
      "(9223372036854775807, 0); "
      "with recursive n(i) as (select 1 union all select i+1 from n where i < 20000) insert into "
      "wild(rowid,a) select i*400000000000000 - 4000000000000000000, i from n;"
      "create table none(a); create table k(a primary key) without rowid; insert into k values (1),(2); "
      "create view v as select 1 a");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  const std::map<std::string, std::pair<std::size_t, std::size_t>> expected = {
      {"even", {30000, 30}}, {"wild", {20002, 0}}, {"none", {0, 1}}, {"k", {2, 1}}, {"v", {1, 1}}};
  for (const auto& [table, counts] : expected) {
    INFO(table);
    const auto ranges = source->ranges(table, 1000);
    if (counts.second != 0) CHECK(ranges.size() >= counts.second);
    if (table == "wild") CHECK(ranges.size() > 1);
    std::size_t rows = 0;
    for (const auto& range : ranges) rows += read_lines(*source, columns_of(table, {"a"}), range).size();
    CHECK(rows == counts.first);
    CHECK(!ranges.front().from);
    CHECK(!ranges.back().until);
  }
}

TEST_CASE("a key is found when columns are called rowid, _rowid_ and oid") {
  TempFolder folder;
  sqlite3(
      folder / "s.db",
      "create table a(rowid text); insert into a values ('x');"
      "create table b(rowid, _ROWID_); insert into b values ('x', 'y');"
      "create table c(rowid, _rowid_, oid, id integer primary key); insert into c values (1,2,3,40);"
      "create table d(rowid, _rowid_, oid); insert into d values (1,2,3);"
      "create table e(rowid, _rowid_, oid, id integer primary key desc); insert into e values (1,2,3,4);");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  std::map<std::string, std::vector<std::string>> keys;
  for (const auto& table : source->tables()) keys[table.name] = table.key;
  using Names = std::vector<std::string>;
  CHECK(keys == std::map<std::string, Names>{
                    {"a", {"_rowid_"}}, {"b", {"oid"}}, {"c", {"id"}}, {"d", {}}, {"e", {}}});
  CHECK(read_lines(*source, columns_of("a", {"rowid"}), {}, true) == Names{"[1] 'x'"});
  CHECK(read_lines(*source, columns_of("c", {"oid"}), {}, true) == Names{"[40] 3"});
  CHECK(read_lines(*source, columns_of("d", {"oid"}), {}, true) == Names{"[] 3"});
}

TEST_CASE("cells are what is stored: NUL in text, blobs, empty values, UTF-16") {
  const std::string text = "'a'||char(0)||'b'";
  for (const std::string encoding : {"UTF-8", "UTF-16le", "UTF-16be"}) {
    INFO(encoding);
    TempFolder folder;
    sqlite3(folder / "s.db", "pragma encoding='" + encoding +
                                 "'; create table t(a,b,c,d,e); insert into t values (" + text +
                                 ", x'00ff', 'é😀', 1.5, ''), (null, x'', 9223372036854775807, -0.5, 'x')");
    const auto source = open_sqlite_source(folder / "s.db")->connect();
    const auto lines = read_lines(*source, columns_of("t", {"a", "b", "c", "d", "e"}));
    CHECK(lines == std::vector<std::string>{std::string("'a\0b'", 5) + "|x00ff|'é😀'|r1.500000|''",
                                            "null|x|9223372036854775807|r-0.500000|'x'"});
  }
}

TEST_CASE("where drops rows and counts them, and shields expressions") {
  TempFolder folder;
  sqlite3(folder / "s.db",
          "create table t(j, n); insert into t values ('{\"a\":1}', 1), ('{', 1), ('{\"a\":2}', 0), ('{}', "
          "null)");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  ReadRequest request{"t", {{"", "json_extract(j, '$.a')"}}, "json_valid(j) and n"};
  CHECK(read_lines(*source, request, {}, true) ==
        std::vector<std::string>{"[1] 1", "[2] dropped", "[3] dropped", "[4] dropped"});
}

TEST_CASE("an expression that fails on a row fails that row alone") {
  for (const std::string kind : {"", " without rowid"}) {
    INFO(kind);
    TempFolder folder;
    sqlite3(folder / "s.db", "create table t(k int primary key, j)" + kind +
                                 "; insert into t values (1, '{'), (2, '{\"a\":2}'), (3, '{'), (4, '['), (5, "
                                 "'{\"a\":5}'), (6, '{')");
    const auto source = open_sqlite_source(folder / "s.db")->connect();
    ReadRequest request{"t", {{"k", ""}, {"", "json_extract(j, '$.a')"}}, ""};
    const std::string bad = " failed: malformed JSON";
    CHECK(read_lines(*source, request, {}, true) ==
          std::vector<std::string>{"[1]" + bad, "[2] 2|2", "[3]" + bad, "[4]" + bad, "[5] 5|5", "[6]" + bad});
    KeyValue three;
    three.kind = CellKind::integer;
    three.integer = 3;
    CHECK(read_lines(*source, request, {Key{{three}}, {}}, true) ==
          std::vector<std::string>{"[3]" + bad, "[4]" + bad, "[5] 5|5", "[6]" + bad});
  }
}

TEST_CASE("an expression that fails on the last rowid, and on a table without key") {
  TempFolder folder;
  sqlite3(folder / "s.db",
          "create table t(j); insert into t(rowid, j) values (9223372036854775807, '{'); create view v as "
          "select j from t");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  CHECK(read_lines(*source, {"t", {{"", "json_extract(j, '$.a')"}}, ""}, {}, true) ==
        std::vector<std::string>{"[9223372036854775807] failed: malformed JSON"});
  CHECK_THAT(error_of(
                 [&] {
                   read_lines(*source, {"v", {{"", "json_extract(j, '$.a')"}}, ""});
                 },
                 ErrorCode::source),
             ContainsSubstring("malformed JSON"));
}

TEST_CASE("expressions that are wrong or not repeatable are refused in words") {
  TempFolder folder;
  sqlite3(folder / "s.db", "create table t(a, date text, \"odd name\"); create table u(b)");
  const auto source = open_sqlite_source(folder / "s.db")->connect();
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"random()", "not repeatable"},
      {"abs(random() % 5)", "not repeatable"},
      {"hex(randomblob(4))", "not repeatable"},
      {"changes()", "not repeatable"},
      {"last_insert_rowid()", "not repeatable"},
      {"current_timestamp", "not repeatable"},
      {"date()", "not repeatable"},
      {"datetime('now')", "not repeatable"},
      {"datetime(a, ' NOW ')", "not repeatable"},
      {"strftime('%s')", "not repeatable"},
      {"julianday ( 'now' )", "not repeatable"},
      {"(select random())", "not repeatable"},
      {"gone", "no such column: gone"},
      {"\"colum\"", "no such column"},
      {"count(*)", "misuse of aggregate"},
      {"row_number() over ()", "misuse of window function"},
      {"a, a", ""},
      {"1) from u where (1", ""},
      {"1) union select (2", ""},
      {"1; drop table t", ""},
      {"a -- comment", "comment"},
      {"?1", "parameter"},
      {"", "empty"},
      {"nofunc(a)", "no such function"},
  };
  for (const auto& [expr, reason] : refused) {
    INFO(expr);
    const std::string found = source->refuse_expression("t", expr);
    CHECK(!found.empty());
    CHECK_THAT(found, ContainsSubstring(reason));
  }
  for (const std::string expr :
       {"lower(a)", "date(a)", "datetime(a, 'unixepoch')", "strftime('%Y', a)", "\"odd name\" || ')'",
        "(select max(b) from u)", "case when a then 'now' end", "date"}) {
    INFO(expr);
    CHECK(source->refuse_expression("t", expr) == "");
  }
}

TEST_CASE("a range walks the table's own b-tree: a seek, and no sort") {
  for (const auto& c : key_cases()) {
    INFO(c.name);
    TempFolder folder;
    sqlite3(folder / "s.db", c.table + "; create index other on t(" + c.columns[0] + ")");
    SqliteConnection connection(file_uri(folder / "s.db", "mode=ro"), SQLITE_OPEN_READONLY, "s.db",
                                ErrorCode::source);
    const TableOrder order = read_catalog_table(connection, "t").order;
    const QueryResult plan =
        run_query(connection, "explain query plan select " + c.columns[0] + " from t" + order.b_tree +
                                  " where " + lower_bound_sql(order, 1, true) + " and " +
                                  upper_bound_sql(order, 1 + static_cast<int>(order.parts.size())) +
                                  " order by " + order_by_sql(order));
    REQUIRE(plan.rows.size() == 1);
    CHECK_THAT(*plan.rows[0][3], ContainsSubstring("SEARCH t USING"));
    CHECK_THAT(*plan.rows[0][3], ContainsSubstring("PRIMARY KEY"));
  }
}

}  // namespace
}  // namespace planrun::test::reader_test
