// Expressions as pg_get_expr() writes them (copied from a PostgreSQL 15 server), and what a person would have
// written.
#include "draft/plain_sql.h"

#include "support/support.h"

namespace plain_sql_test {

using namespace planrun;
using namespace planrun::test;

namespace {

std::string plain(const std::string& sql) {
  return plain_sql(sql).value_or("none");
}

}  // namespace

TEST_CASE("casts that say nothing and needless parentheses go") {
  CHECK(plain("(price >= (0)::numeric)") == "price >= 0");
  CHECK(plain("((status)::text = ANY ((ARRAY['a'::character varying, 'b]'::character varying])::text[]))") ==
        "none");  // the words of other databases end a name at ]
  CHECK(plain("((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))") ==
        "status in ('a', 'b')");
  CHECK(plain("(kind <> ALL (ARRAY[1, 2, 3]))") == "kind not in (1, 2, 3)");
  CHECK(plain("((amount > '-5'::integer) AND (lower((email)::text) <> ''::text))") ==
        "(amount > -5) and (lower(email) <> '')");
  CHECK(plain("((length(sku) > 2) OR (NOT active))") == "(length(sku) > 2) or (not active)");
  CHECK(plain("(\"Odd Name\" > 5)") == "\"Odd Name\" > 5");
  CHECK(plain("'it''s'::text") == "'it''s'");
  CHECK(plain("0.00") == "0.00");
}

TEST_CASE("casts that may change a value are kept, which is to say that there are no plainer words") {
  CHECK(plain("((price)::integer = 3)") == "none");
  CHECK(plain("((code)::character varying(2) = 'ab'::text)") == "none");
  CHECK(plain("(seen > '2020-01-01'::date)") == "none");
  CHECK(plain("(state = 'ok'::mood)") == "none");
  CHECK(plain("(tags[1] = 'x'::text)") == "none");
  CHECK(plain("") == "none");
  CHECK(plain("a > 1) or (b > 2") == "none");
}

}  // namespace plain_sql_test
