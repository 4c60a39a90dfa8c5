// Expressions and defaults of SQLite in words that PostgreSQL reads alike; what each must become is worked
// out by hand from both manuals.
#include "draft/source_sql.h"

#include "sql/definition.h"
#include "sql/quote.h"
#include "support/support.h"

namespace source_sql_test {

using namespace planrun;
using namespace planrun::test;

namespace {

const std::vector<SqlColumn> kColumns = {
    {"price", "price", TypeKind::numeric},   {"Name", "Name", TypeKind::text},
    {"active", "active", TypeKind::boolean}, {"made", "made", TypeKind::timestamp},
    {"order", "order", TypeKind::bigint},    {"bytes", "bytes", TypeKind::bigint, true}};

/// What it becomes, or "refused: REASON".
std::string translated(const std::string& sql) {
  std::string reason;
  const auto result = translate_expression(sql, kColumns, reason);
  return result ? result->sql : "refused: " + reason;
}

std::string default_of(const std::string& sql, const std::string& type) {
  return translate_default(sql, *parse_type(type, {}).value).value_or("none");
}

}  // namespace

TEST_CASE("expressions keep their meaning, names their exact case") {
  CHECK(translated("price >= 0") == "price >= 0");
  CHECK(translated("PRICE>=0 AND [Order] != 3") == "price>=0 and \"order\" <> 3");
  CHECK(translated("name == 'a''b'") == "\"Name\" = 'a''b'");
  CHECK(translated("length(name) <= 50") == "length(\"Name\") <= 50");
  CHECK(translated("active = 1 or price isnull") == "active = true or price is null");
  CHECK(translated("active in (0, 1)") == "active in (false, true)");
  CHECK(translated("active = 1 and price = 1") == "active = true and price = 1");
  CHECK(translated("price between 0 and 1") == "price between 0 and 1");
  CHECK(translated("ifnull(price, 0) > 0") == "coalesce(price, 0) > 0");
  CHECK(translated("bytes > 0") == "bytes > 0");
  CHECK(translated("lower(name)") == "lower(\"Name\")");
  // As pg_get_expr tells trim(), ltrim() and rtrim().
  CHECK(translated("TRIM(BOTH FROM name)") == "trim(\"Name\")");
  CHECK(translated("length(trim(trailing from lower(name))) > 0 and trim(leading from name) <> ''") ==
        "length(rtrim(lower(\"Name\"))) > 0 and ltrim(\"Name\") <> ''");
  // SQLite's reading of a name in double quotes that is no column.
  CHECK(translated("name in (\"x\", 'y')") == "\"Name\" in ('x', 'y')");
}

TEST_CASE("what might mean something else is refused") {
  for (const std::string sql :
       {"name > 'a'",       "name like 'a%'",      "name glob 'a*'",         "price / 2 > 1", "price % 2 = 0",
        "name = 5",         "price = '5'",         "typeof(price) = 'real'", "made > '2024'", "price || 'x'",
        "nowhere = 1",      "random() > 0",        "price = 0x10",           "name = x'00'",  "active > 0",
        "bytes + 1 > 0",    "price in (select 1)", "price = null",           "price) or (1",  "`gone` = 1",
        "min(price, 1) > 0"}) {
    INFO(sql);
    CHECK_THAT(translated(sql), Catch::Matchers::StartsWith("refused: "));
  }
}

TEST_CASE("defaults become constants of the column's type, and the clock stays UTC") {
  CHECK(default_of("0", "boolean") == "false");
  CHECK(default_of("(1)", "boolean") == "true");
  CHECK(default_of("2", "boolean") == "none");
  CHECK(default_of("-1", "bigint") == "-1");
  CHECK(default_of("+1", "bigint") == "1");
  CHECK(default_of("'7'", "bigint") == "7");
  CHECK(default_of("(1+2)", "bigint") == "(1 + 2)");
  CHECK(default_of("1.5", "bigint") == "none");
  CHECK(default_of("1.5", "numeric(4,2)") == "1.5");
  CHECK(default_of("0", "text") == "'0'");
  CHECK(default_of("\"it's\"", "text") == "'it''s'");
  CHECK(default_of("null", "text").empty());
  CHECK(default_of("(NULL)", "bigint").empty());
  CHECK(default_of("x'00FF'", "bytea") == "'\\x00ff'");
  CHECK(default_of("'{}'", "jsonb") == "'{}'");
  CHECK(default_of("''", "jsonb") == "none");
  CHECK(default_of("'2024-01-01'", "date") == "'2024-01-01'");
  CHECK(default_of("''", "timestamp") == "none");
  CHECK(default_of("CURRENT_TIMESTAMP", "timestamp") == "(now() at time zone 'utc')");
  CHECK(default_of("(datetime('now'))", "timestamp") == "(now() at time zone 'utc')");
  CHECK(default_of("(strftime('%s','now'))", "timestamptz") == "now()");
  CHECK(default_of("(strftime('%s', 'now'))", "bigint") == "(extract(epoch from now())::bigint)");
  CHECK(default_of("current_date", "date") == "((now() at time zone 'utc')::date)");
  CHECK(default_of("current_timestamp", "text") ==
        "to_char(now() at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')");
  CHECK(default_of("(datetime('now', 'localtime'))", "timestamp") == "none");
  CHECK(default_of("(random())", "bigint") == "none");
  CHECK(default_of("(lower(hex(randomblob(16))))", "text") == "none");
}

TEST_CASE("names stand bare only where no database takes them for something else") {
  CHECK(quote_where_needed("price") == "price");
  CHECK(quote_where_needed("_x9") == "_x9");
  CHECK(quote_where_needed("order") == "\"order\"");
  CHECK(quote_where_needed("glob") == "\"glob\"");        // SQLite's alone
  CHECK(quote_where_needed("lateral") == "\"lateral\"");  // PostgreSQL's alone
  CHECK(quote_where_needed("Price") == "\"Price\"");
  CHECK(quote_where_needed("9x") == "\"9x\"");
  CHECK(quote_where_needed("a\"b") == "\"a\"\"b\"");
  CHECK(quote_where_needed("") == "\"\"");
}

}  // namespace source_sql_test
