#include "sql/definition.h"
#include "sql/identifiers.h"
#include "sql/quote.h"
#include "support/catch.h"

namespace query_test {

using namespace planrun;

using Names = std::vector<std::string>;

TEST_CASE("tables that a query reads") {
  const std::pair<const char*, Names> cases[] = {
      {"select sum(a) from t", {"t"}},
      {"with x as (select 1 from q) select * from x, (select 2 from z.y) s where exists (select 1 from w)",
       {"z.y", "w", "q"}},
      {"values (1)", {}},
      {"table t union all select a from t join \"U\" using (a);", {"t", "U"}},
      {"select (select max(x) from m)", {"m"}},
  };
  for (const auto& [sql, tables] : cases) {
    INFO(sql);
    const auto parsed = parse_query(sql);
    REQUIRE(parsed);
    CHECK(parsed.value->tables == tables);
  }
}

TEST_CASE("what is no query") {
  struct Case {
    const char* sql;
    const char* message;
    int offset;
  };
  const Case cases[] = {
      {"selec 1", "syntax error at or near \"selec\"", 0},
      {"select 1; select 2", "more than one statement", 10},
      {"", "no SQL is here", 0},
      {"delete from t", "is no query: it begins with select, with or values", 0},
      {"with x as (delete from t returning 1) select * from x", "the query writes", 0},
      {"select 1 into y", "SELECT INTO makes a table", 0},
      {"select 1 from t for update", "the query locks rows", 0},
      {"select count(*) from", "syntax error: the text ends too early", 20},
  };
  for (const auto& c : cases) {
    INFO(c.sql);
    const auto parsed = parse_query(c.sql);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.fault.message == c.message);
    CHECK(parsed.fault.offset == c.offset);
  }
}

// The expected names are those that PostgreSQL 15 gave to such tables.
TEST_CASE("names are chosen and cut as PostgreSQL does") {
  const std::string long_table = "a234567890123456789012345678901234567890123456789012345678901";
  const std::string long_b = "b234567890123456789012345678901234567890";
  const std::string long_d = "d234567890123456789012345678901234567890";
  const std::string umlauts = "täbelle_mit_einem_langen_namen_öööööööööö";
  CHECK(default_object_name("t", Names{"a", "b"}, "key") == "t_a_b_key");
  CHECK(default_object_name("t", {}, "pkey") == "t_pkey");
  CHECK(default_object_name(long_table, Names{long_b}, "key") ==
        "a2345678901234567890123456789_b2345678901234567890123456789_key");
  CHECK(default_object_name(long_table, Names{long_b, "c", long_d}, "key1") ==
        "a2345678901234567890123456789_b234567890123456789012345678_key1");
  CHECK(default_object_name(umlauts, Names{"spälte_äääääääääääääääääää"}, "key") ==
        "täbelle_mit_einem_langen_nam_spälte_ääääääääää_key");
  CHECK(default_object_name(umlauts, Names{"x"}, "check1") ==
        "täbelle_mit_einem_langen_namen_öööööööööö_x_check1");
}

TEST_CASE("names and texts are quoted") {
  CHECK(quote_name("a\"b") == "\"a\"\"b\"");
  CHECK(quote_literal("it's") == "'it''s'");
}

TEST_CASE("identifiers of an expression in any dialect") {
  CHECK(identifiers_in("lower(website) || 'name' || [odd name] || \"a\"\"b\" || `c`") ==
        Names{"website", "odd name", "a\"b", "c"});
  CHECK(identifiers_in("date (date, x'ff') + 1e5 -- note\n * /* no */ ü2 glob '*'") ==
        Names{"date", "ü2", "glob"});
  CHECK(identifiers_in("'open") == Names{});
  CHECK(identifiers_in("insert into t(a) values (f(1)), ('x')") == Names{"insert", "into", "t", "a"});
  CHECK(identifiers_in("replace into main.t(a)") == Names{"replace", "into", "main", "t", "a"});
}

}  // namespace query_test
