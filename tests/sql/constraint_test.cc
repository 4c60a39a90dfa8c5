#include "sql/definition.h"
#include "support/catch.h"

namespace constraint_test {

using namespace planrun;

using Names = std::vector<std::string>;

TEST_CASE("table constraints") {
  const auto unique =
      parse_table_constraint("constraint u unique nulls not distinct (a, \"B c\") deferrable");
  REQUIRE(unique);
  REQUIRE(unique.value->key);
  CHECK(unique.value->key->name == "u");
  CHECK(unique.value->key->columns == Names{"a", "B c"});
  CHECK(unique.value->key->nulls_not_distinct);
  CHECK(unique.value->key->deferrable);
  CHECK_FALSE(unique.value->key->primary);

  const auto primary = parse_table_constraint("PRIMARY KEY (a, b)");
  REQUIRE(primary);
  CHECK(primary.value->key->primary);

  const auto foreign =
      parse_table_constraint("foreign key (a, b) references x match full on delete set default");
  REQUIRE(foreign);
  REQUIRE(foreign.value->foreign_key);
  CHECK(foreign.value->foreign_key->columns == Names{"a", "b"});
  CHECK(foreign.value->foreign_key->table == "x");
  CHECK(foreign.value->foreign_key->on_delete == "set default");
  CHECK(foreign.value->foreign_key->match_full);

  const auto check = parse_table_constraint("constraint c check ( a > b or exists_(c) )");
  REQUIRE(check);
  REQUIRE(check.value->check);
  CHECK(check.value->check->sql == "a > b or exists_(c)");
  CHECK(check.value->check->columns == Names{"a", "b", "c"});
}

TEST_CASE("what is no table constraint") {
  struct Case {
    const char* text;
    const char* message;
  };
  const Case cases[] = {
      {"unique (a), unique (b)", "one constraint a text; a list holds several"},
      {"a int", "is no table constraint"},
      {"", "an empty constraint"},
      {"unique (a) include (b)", "INCLUDE in a key is not kept; declare a unique index with include (...)"},
      {"exclude using gist (a with =)", "an exclusion constraint is not kept"},
      {"unique a", "syntax error at or near \"a\""},
      {"unique (a) with (fillfactor=3)", "storage parameters of a constraint are not kept"},
      {"unique (a)) with (fillfactor=3", "the constraint is closed and something follows"},
      {"foreign key (a) references t not valid", "NOT VALID has no place in a plan: every row is proved"},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    const auto parsed = parse_table_constraint(c.text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.fault.message == c.message);
  }
}

TEST_CASE("indexes") {
  struct Case {
    const char* text;
    bool unique;
    const char* method;
    const char* elements;
    const char* include;
    const char* where;
    Names columns;
  };
  const Case cases[] = {
      {"(a)", false, "btree", "a", "", "", {"a"}},
      {"unique (a desc, lower(b))", true, "btree", "a desc, lower(b)", "", "", {"a", "b"}},
      {"UNIQUE(a)", true, "btree", "a", "", "", {"a"}},
      {"(annual_revenue desc) where is_qualified",
       false,
       "btree",
       "annual_revenue desc",
       "",
       "is_qualified",
       {"annual_revenue", "is_qualified"}},
      {"using gin (a jsonb_path_ops)", false, "gin", "a jsonb_path_ops", "", "", {"a"}},
      {"(a, (b || ')')) include (c, \"where\") where d = 'include' and a > 0 -- why",
       false,
       "btree",
       "a, (b || ')')",
       "c, \"where\"",
       "d = 'include' and a > 0",
       {"a", "b", "c", "where", "d"}},
      {"(\"unique\")", false, "btree", "\"unique\"", "", "", {"unique"}},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    const auto parsed = parse_index("i", c.text);
    INFO(parsed.fault.message);
    REQUIRE(parsed);
    CHECK(parsed.value->unique == c.unique);
    CHECK(parsed.value->method == c.method);
    CHECK(parsed.value->elements_sql == c.elements);
    CHECK(parsed.value->include_sql == c.include);
    CHECK(parsed.value->where_sql == c.where);
    CHECK(parsed.value->columns == c.columns);
  }
}

TEST_CASE("what is no index") {
  struct Case {
    const char* text;
    const char* message;
    int offset;
  };
  const Case cases[] = {
      {"()", "syntax error at or near \")\"", 1},
      {"", "syntax error: the text ends too early", 0},
      {"a", "syntax error at or near \"a\"", 0},
      {"unique (a) wher b", "syntax error at or near \"wher\"", 11},
      {"(a); drop table x", "more than one statement", 5},
      {"(a) with (fillfactor = 70)", "options of an index is not kept", 0},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    const auto parsed = parse_index("i", c.text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.fault.message == c.message);
    CHECK(parsed.fault.offset == c.offset);
  }
}

}  // namespace constraint_test
