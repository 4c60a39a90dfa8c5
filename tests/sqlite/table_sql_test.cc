// What only CREATE statements say, read from statements as people write them.
#include "sqlite/table_sql.h"

#include "base/text.h"
#include "support/support.h"

namespace table_sql_test {

using namespace planrun;
using namespace planrun::test;

TEST_CASE("checks, generated columns, deferral and conflicts are read off a CREATE TABLE") {
  const TableSql table = read_table_sql(
      "create table \"a,(b\" (id integer primary key on conflict replace, -- check (no)\n"
      "  price decimal(10, 2) check ( price > 0 ) default (1 + (2)), [check] text,\n"
      "  total as (price * 2), \"as\" int generated always as (price + ')') stored,\n"
      "  p int constraint c1 check(p in (1, 2)) references q(x) deferrable initially deferred,\n"
      "  constraint \"odd )\" check (id <> 'check (x)'), /* check (no) */\n"
      "  foreign key (p) references q, check (((id))),\n"
      "  foreign key (p) references q not deferrable initially deferred) strict");
  std::vector<std::string> checks;
  for (const auto& check : table.checks) checks.push_back(check.name + ":" + check.sql);
  CHECK(join(checks, "; ") == ":price > 0; c1:p in (1, 2); odd ):id <> 'check (x)'; :((id))");
  REQUIRE(table.generated.size() == 2);
  CHECK(table.generated[0].column == "total");
  CHECK(table.generated[0].sql == "price * 2");
  CHECK(table.generated[1].column == "as");
  CHECK(table.generated[1].sql == "price + ')'");
  CHECK(table.deferred == std::vector<bool>{true, false, false});
  CHECK(table.conflicts == std::vector<std::string>{"replace"});
}

TEST_CASE("the parts of an index are read off a CREATE INDEX") {
  const IndexSql index = read_index_sql(
      "create unique index \"i(\" on t (lower(a || ','), b collate nocase desc) where b > ')' and c");
  CHECK(index.elements == std::vector<std::string>{"lower(a || ',')", "b collate nocase desc"});
  CHECK(index.where == "b > ')' and c");
  CHECK(read_index_sql("create index i on t(a)").where.empty());
  CHECK(read_index_sql("").elements.empty());
}

}  // namespace table_sql_test
