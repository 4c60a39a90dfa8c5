// Types by what columns hold: each case is a declaration, the values in it, and the type worked out by hand.
#include "draft/column_choice.h"

#include "base/text.h"
#include "census/take_census.h"
#include "sqlite/dialect.h"
#include "sqlite/sqlite.h"
#include "support/support.h"

namespace column_choice_test {

using namespace planrun;
using namespace planrun::test;

namespace {

struct Case {
  std::string column;  // name and declared type
  std::string values;  // of one column, with commas
  std::string way;     // "type / conversion, conversion"; "type / / x" where an expression makes it
  std::string others;  // the same, with ; between
};

std::string spelled(const Way& way) {
  std::string text = way.type;
  if (!way.conversions.empty()) text += " / " + join(way.conversions, ", ");
  // What an expression makes of the values, its own test says.
  return way.expr.empty() ? text : text + " / / x";
}

std::string spelled(const std::vector<Way>& ways) {
  std::string text;
  for (const Way& way : ways) text += (text.empty() ? "" : "; ") + spelled(way);
  return text;
}

/// Taken apart at commas outside quotes.
std::vector<std::string> values_of(const std::string& text) {
  std::vector<std::string> values(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '\'') quoted = !quoted;
    if (c == ',' && !quoted)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

/// One database for all cases: a table each.
void check(const std::vector<Case>& cases, const ColumnFacts& facts = {}) {
  const TempFolder folder;
  std::string sql;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string name = "t" + std::to_string(1000 + i);
    sql += "create table " + name + "(" + cases[i].column + ");";
    if (cases[i].values.empty()) continue;
    std::string rows;
    for (const auto& value : values_of(cases[i].values)) rows += (rows.empty() ? "(" : ", (") + value + ")";
    sql += "insert into " + name + " values " + rows + ";";
  }
  sqlite3(folder / "a.db", sql);
  const std::atomic<bool> stop = false;
  const DatabaseCensus census =
      take_census(*open_sqlite_inspector(folder / "a.db"), *make_sqlite_dialect(), stop);
  REQUIRE(census.tables.size() == cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(cases[i].column << " holding " << cases[i].values);
    const ColumnChoice choice = choose_column(census.tables[i].columns[0], facts);
    CHECK(spelled(choice.way) == cases[i].way);
    CHECK(spelled(choice.others) == cases[i].others);
  }
}

}  // namespace

TEST_CASE("a column without values takes what its declaration says") {
  check({{"a integer", "", "bigint", ""},
         {"a int", "null", "bigint", ""},
         {"a varchar(20)", "", "varchar(20)", ""},
         {"a datetime", "", "timestamp", ""},
         {"a boolean", "", "boolean", ""},
         {"a json", "", "jsonb", ""},
         {"a", "", "text", ""},
         {"a blob", "", "bytea", ""},
         {"a decimal(10,2)", "", "numeric(10,2)", ""}});
}

TEST_CASE("integers are bigint, and boolean or a time only where nothing speaks against it") {
  check({{"a integer", "1,2,3", "bigint", ""},
         {"a integer", "9223372036854775807,-9223372036854775808", "bigint", ""},
         {"a smallint", "1,2", "bigint", ""},
         {"a integer", "0,1,1", "bigint", ""},
         {"is_active integer", "0,1,null", "boolean", ""},
         {"a boolean", "0,1", "boolean", ""},
         {"a tinyint(1)", "1,1", "boolean", ""},
         {"a boolean", "0,1,2", "bigint", "boolean / boolean"},
         {"created_at datetime", "1700000000,1700000001", "timestamptz / unix_seconds", ""},
         {"created_at timestamp", "1700000000123", "timestamptz / unix_millis", ""},
         {"created_at integer", "1700000000,1700000001", "bigint", "timestamptz / unix_seconds"},
         {"created_at integer", "1700000000,17", "bigint", ""},
         {"size integer", "1700000000,1700000001", "bigint", ""},
         {"a numeric(10,2)", "5,12345678", "numeric(10,2)", ""},
         {"a numeric(5,2)", "5,12345678", "numeric", ""}});
}

TEST_CASE("a column of a key is no boolean and no time made of a number") {
  ColumnFacts facts;
  facts.in_key = true;
  check({{"is_active integer", "0,1", "bigint", ""},
         {"created_at datetime", "1700000000", "bigint", ""},
         {"a boolean", "", "bigint", ""}},
        facts);
}

TEST_CASE("reals are double precision, amounts and decimals numeric while they have few decimals") {
  check({{"a real", "1.5,2.25", "double precision", ""},
         {"a", "1,2.5", "double precision", ""},
         {"price real", "1.99,20,0.5", "numeric", ""},
         {"price real", "1.99,0.30000000000000004", "double precision", ""},
         {"a decimal(10,2)", "1.99,12.5", "numeric(10,2)", ""},
         {"a decimal(4,1)", "1.99,12.5", "numeric", "numeric(4,1) / round"},
         {"a decimal", "1.99", "numeric", ""},
         {"price real", "1e999,1.5", "double precision", ""},
         {"a decimal(10,2)", "1e999,1.5", "double precision", ""},
         {"a", "9007199254740993,0.5", "numeric", ""},
         {"a", "9007199254740993,1e999", "bytea / / x", ""}});
}

TEST_CASE("texts become what all of them are") {
  const std::string uuid = "'0f8fad5b-d9cb-469f-a165-70867728950e'";
  check({{"a text", "'x','2024-01-01'", "text", ""},
         {"a varchar(3)", "'abc','d'", "varchar(3)", ""},
         {"a varchar(3)", "'abcd'", "text", ""},
         {"birth_date text", "'2024-01-01','1999-12-31'", "date", ""},
         {"a text", "'2024-01-01','1999-12-31'", "text", "date"},
         {"a datetime", "'2024-01-01','1999-12-31'", "timestamp", ""},
         {"created_at text", "'2024-01-01 10:00:00','2024-01-01T10:00'", "timestamp", ""},
         {"created_at text", "'2024-01-01 10:00:00Z','2024-01-01T10:00+02:00'", "timestamptz", ""},
         {"created_at text", "'2024-01-01 10:00:00Z','2024-01-01T10:00'", "text", "timestamptz / utc"},
         {"created_at text", "'2024-01-01 10:00:00',''", "text", "timestamp / empty_as_null"},
         {"created_at text", "'2024-01-01 10:00:00','0000-00-00'", "text", ""},
         {"a text", "'{\"a\": 1}','[]'", "jsonb", ""},
         {"a text", "'{\"a\": 1, \"a\": 2}'", "text", "jsonb / json_last_key"},
         {"a text", "'{\"a\": 1}','oops'", "text", ""},
         {"a text", uuid, "uuid", ""},
         {"a text", "'0F8FAD5B-D9CB-469F-A165-70867728950E'", "text", "uuid"},
         {"enabled text", "'t','false'", "boolean", ""},
         {"enabled text", "'yes','NO'", "boolean / boolean", ""},
         {"answer text", "'yes','no'", "text", ""},
         {"zip text", "'12345','67890'", "text", ""},
         {"price text", "'1.50','20'", "numeric", ""},
         {"version text", "'1.10','1.9'", "text", "numeric"},
         {"a text", "'a' || char(0) || 'b','c'", "bytea / bytes", "text / replace_nul"},
         {"a text", "cast(x'ff' as text),'c'", "bytea / bytes", "text / replace_invalid_utf8"}});
}

TEST_CASE("values of several kinds go into what holds all of them") {
  check({{"a integer", "1,'x'", "text / text", ""},
         {"a integer", "1,''", "text / text", "bigint / empty_as_null"},
         {"a decimal", "1.5,'2,5'", "text / text", ""},
         {"a blob", "x'00ff','text'", "bytea / bytes", ""},
         {"a blob", "x'00ff',5", "bytea / / x", ""},
         {"a blob", "x'00ff',5.5", "bytea / / x", ""},
         {"a", "1,1e999,'x'", "bytea / / x", ""},
         {"is_on", "1,0,'t'", "boolean", ""},
         {"a blob", "x'00ff'", "bytea", ""}});
}

}  // namespace column_choice_test
