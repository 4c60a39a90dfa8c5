// Views of SQLite in PostgreSQL's words. What each must become, and why another is refused, is worked out by
// hand from both manuals.
#include "translate/view.h"

#include "support/support.h"

namespace view_test {

using namespace planrun;
using namespace planrun::test;

namespace {

KnownColumn column(const std::string& name, ValueKind kind, const std::string& type) {
  KnownColumn known;
  known.source = name;
  known.target = name;
  known.kind = kind;
  known.type = type;
  known.limit = 1 << 20;
  known.has_affinity = true;
  if (kind == ValueKind::other) known.reason = "is " + type + " here";
  return known;
}

KnownTables tables() {
  KnownTable item;
  item.source = item.target = "Item";
  item.columns = {column("id", ValueKind::integer, "bigint"),
                  column("Name", ValueKind::text, "text"),
                  column("active", ValueKind::truth, "boolean"),
                  column("price", ValueKind::decimal, "numeric"),
                  column("weight", ValueKind::real, "double precision"),
                  column("made", ValueKind::other, "timestamp")};
  item.columns[0].numbered = true;
  item.columns[4].surely_real = true;
  item.keys = {{"id"}};
  KnownTable line;
  line.source = line.target = "line";
  line.columns = {column("item", ValueKind::integer, "bigint"), column("qty", ValueKind::integer, "bigint"),
                  column("note", ValueKind::text, "text")};
  return {item, line};
}

/// What the view of this SELECT becomes, its columns called a, b, c; or "refused: REASON".
std::string translated(const std::string& select, std::size_t columns = 1) {
  const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f"};
  std::string reason;
  const auto view =
      translate_view("create view v as " + select, "v",
                     {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(columns)}, tables(), reason);
  if (!view) return "refused: " + reason;
  std::string sql = view->query;
  std::ranges::replace(sql, '\n', ' ');
  return sql;
}

/// Of one expression over Item.
std::string expression(const std::string& sql) {
  std::string whole = translated("select " + sql + " from item");
  if (whole.starts_with("refused")) return whole;
  const std::string named = " as a from \"Item\"";
  const std::string tail = whole.ends_with(named) ? named : " from \"Item\"";
  return whole.substr(7, whole.size() - 7 - tail.size());
}

}  // namespace

TEST_CASE("a view's query keeps its meaning, and every name is qualified", "[translate]") {
  CHECK(translated("SELECT id, [name] FROM item WHERE active = 1", 2) ==
        "select \"Item\".id as a,        \"Item\".\"Name\" as b from \"Item\" where \"Item\".active = true");
  CHECK(translated("select * from line l, item i where l.item == i.id and `qty` <> 0", 6)
            .starts_with("refused: it has 9 columns"));
  CHECK(translated("select l.* from line as l left join item i on l.item = i.id", 3) ==
        "select l.item as a,        l.qty as b,        l.note as c from line as l   left join \"Item\" as i "
        "on l.item "
        "= i.id");
  CHECK(translated("select note from line order by note desc, 1") ==
        "select line.note as a from line order by line.note collate \"C\" desc nulls last, line.note collate "
        "\"C\" "
        "nulls first");
  CHECK(translated("select item, count(*), sum(qty) from line group by 1 having count(*) > 1", 3) ==
        "select line.item as a,        count(*) as b,        sum(line.qty)::bigint as c from line group by "
        "line.item "
        "having count(*) > 1");
  CHECK(translated("select note from line union select name from item order by 1") ==
        "select ordered.a from (select line.note as a from line union select \"Item\".\"Name\" as a from "
        "\"Item\") as "
        "ordered order by ordered.a collate \"C\" nulls first");
  CHECK(translated("with x as (select qty as q from line) select q from x") ==
        "with x as (select line.qty as q from line) select x.q as a from x");
  // SQLite goes from left to right, PostgreSQL takes INTERSECT first.
  CHECK(translated("select id from item union select item from line intersect select qty from line") ==
        "(select \"Item\".id as a from \"Item\" union select line.item as a from line) intersect select "
        "line.qty as a "
        "from line");
}

TEST_CASE("expressions become those that give the same value", "[translate]") {
  CHECK(expression("id / 2") == "\"Item\".id / 2");
  CHECK(expression("id / id") == "\"Item\".id / nullif(\"Item\".id, 0)");
  CHECK(expression("weight * price") == "\"Item\".weight * \"Item\".price::double precision");
  CHECK(expression("name || id") == "\"Item\".\"Name\" || \"Item\".id::text");
  CHECK(expression("active") == "\"Item\".active");
  CHECK(expression("active + 1") == "\"Item\".active::integer::bigint + 1");
  CHECK(expression("id > 3") == "(\"Item\".id > 3)::integer");
  CHECK(expression("name is 'x'") == "(\"Item\".\"Name\" is not distinct from 'x')::integer");
  CHECK(expression("name > 'a'") == "(\"Item\".\"Name\" collate \"C\" > 'a')::integer");
  CHECK(expression("name like 'A%_'") ==
        "(lower(\"Item\".\"Name\" collate \"C\") like 'a%_' escape '')::integer");
  CHECK(expression("ifnull(name, '')") == "coalesce(\"Item\".\"Name\", '')");
  CHECK(expression("upper(name)") == "upper(\"Item\".\"Name\" collate \"C\")");
  CHECK(expression("iif(active, 'y', 'n')") == "case when \"Item\".active then 'y' else 'n' end");
  CHECK(expression("case name when 'a' then 1 end") == "case when \"Item\".\"Name\" = 'a' then 1 end");
  CHECK(expression("made is null") == "(\"Item\".made is null)::integer");
  CHECK(expression("count(distinct name)") == "count(distinct \"Item\".\"Name\")");
  CHECK(expression("max(name)") == "max(\"Item\".\"Name\" collate \"C\")");
  CHECK(expression("avg(id)") == "sum(\"Item\".id)::double precision / count(\"Item\".id)");
  CHECK(expression("rowid") == "\"Item\".id");
  // A literal has no affinity of its own: TEXT = 0 compares texts.
  CHECK(expression("name = 0") == "(\"Item\".\"Name\" = '0')::integer");
  CHECK(expression("name in (0, 'a')") == "(\"Item\".\"Name\" in ('0', 'a'))::integer");
  CHECK(expression("case 0 when name then 1 end") == "case when '0' = \"Item\".\"Name\" then 1 end");
  CHECK(expression("id = '7'") == "(\"Item\".id = 7)::integer");
  // By SQLite's precedence: IS and = before <, and `||` before *.
  CHECK(expression("not id = 1 or id < 2 and id is null") ==
        "(not (\"Item\".id = 1) or \"Item\".id < 2 and \"Item\".id is null)::integer");
  CHECK(expression("(select qty from line where 1)").starts_with("refused: a query stands for one value"));
  CHECK(expression("(select max(qty) from line where item = id)") ==
        "(select max(line.qty) from line where line.item = \"Item\".id)");
}

TEST_CASE("what might give something else is refused, and the reason names it", "[translate]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"group_concat(name)", "the order in which `group_concat` puts texts together"},
      {"round(weight, 2)", "`round` of a double"},
      {"sum(price)", "`sum` of decimals"},
      {"avg(weight)", "`avg` of decimals"},
      {"name glob 'a*'", "`glob` is not known to mean the same"},
      {"name like 'a' escape 'x'", "LIKE with ESCAPE"},
      {"name like name", "its pattern is no literal"},
      {"name collate nocase = 'a'", "COLLATE"},
      {"\"gone\"", "`gone` in double quotes is no column"},
      {"made > '2024'", "`made` is timestamp here"},
      {"date(made)", "`date` reads texts"},
      {"name + 1", "it reckons with what is no number"},
      {"name = id", "it compares a text with a number"},
      {"price / price", "whether both sides of `/` are integers"},
      {"price || 'x'", "`||` of what is neither text nor integer"},
      // Not by `=`: neither nullif nor a list's own values bring a literal to a column's kind.
      {"nullif(name, 0)", "it compares a text with a number"},
      {"10 in (name, 'x')", "it compares a text with a number"},
      {"id = null", "it compares with NULL"},
      {"substr(name, 0, 2)", "`substr` from another place"},
      {"substr(name, -1)", "`substr` from another place"},
      {"max(id, 2)", "`max` is no function"},
      {"id & 1", "the bits of `&`"},
      {"id * id * id * id", "where an integer would be too large"},
      {"typeof(id)", "SQLite's storage"},
      {"random()", "another answer each time"},
      {"count(*) over ()", "a window"},
      {"id, count(*)", "Item\".id is neither grouped by nor aggregated"},
      {"case when active then 1 else 'x' end", "it mixes values of several kinds"},
      {"cast(name as integer)", "CAST to integer"},
      {"x'00'", "it holds bytes"},
      {"0x10", "0x10 is not written plainly"},
      {"(id, 1) = (1, 2)", "a row of several values"},
      {"current_timestamp", "it asks the clock"},
      {"1.2345678901234567", "more digits than a double holds"},
  };
  for (const auto& [sql, reason] : cases) {
    INFO(sql);
    CHECK_THAT(translated("select " + sql + " from item", sql.starts_with("id, ") ? 2 : 1),
               Catch::Matchers::StartsWith("refused: ") && ContainsSubstring(reason));
  }
}

TEST_CASE("a query that might keep or order other rows is refused", "[translate]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"select id from item limit 3", "LIMIT: which rows are kept"},
      {"select id from item order by id limit 3", "LIMIT: which rows are kept"},
      {"select id from gone", "`gone`, which is no table of the plan"},
      {"select id from item group by name", "neither grouped by nor aggregated"},
      {"select made from item group by made", "`made` is timestamp here"},
      {"select distinct made from item", "`made` is timestamp here"},
      {"select made from item union select made from item", "`made` is timestamp here"},
      {"select id from item order by made", "`made` is timestamp here"},
      {"select id from item full join line on id = item", "RIGHT or FULL JOIN"},
      {"select value from json_each('[1]')", "it reads from a function"},
      {"values (1)", "VALUES"},
      {"with recursive x(n) as (select 1 union all select n + 1 from x) select n from x",
       "which reads itself"},
      {"select id from item union select name from item", "it mixes values of several kinds"},
      {"select id from item where name", "a text is a condition"},
      {"select id from other.item", "it reads another database"},
  };
  for (const auto& [sql, reason] : cases) {
    INFO(sql);
    CHECK_THAT(translated(sql), Catch::Matchers::StartsWith("refused: ") && ContainsSubstring(reason));
  }
  std::string reason;
  CHECK(!translate_view("create view v as\nselect id\nfrom item\nwhere glob(name, 'x')", "v", {"id"},
                        tables(), reason));
  CHECK(reason == "GLOB has patterns of its own ('glob' in line 4)");
}

TEST_CASE("a view with its own names of columns has them in a SQLite target too", "[translate]") {
  std::string reason;
  const auto view = translate_view("CREATE VIEW IF NOT EXISTS v(x, \"Y z\") AS SELECT id, name FROM item",
                                   "v", {"x", "Y z"}, tables(), reason);
  REQUIRE(view);
  CHECK(view->source == "with \"v\"(x, \"Y z\") as (SELECT id, name FROM item) select * from \"v\"");
  CHECK(view->query == "select \"Item\".id as x,\n       \"Item\".\"Name\" as \"Y z\"\nfrom \"Item\"");
}

}  // namespace view_test
