// `partition` and `distribute`: what is wrong is said where the plan is read.
#include "plan/lint.h"
#include "support/support.h"

namespace division_test {

using namespace planrun;
using namespace planrun::test;

namespace {

constexpr const char* kPostgres =
    "\n[plan]\nname = \"p\"\n[source.s]\nurl = \"sqlite:s.db\"\n[target.t]\nurl = \"postgresql://h/d\"\n";

std::vector<std::string> lint_table(const std::string& keys, const std::string& columns,
                                    const std::string& end = kPostgres) {
  return lint("[table.e]\nfrom = \"s.e\"\n" + keys + "\n[table.e.columns]\n" + columns + end);
}

constexpr const char* kColumns = "id = \"bigint\"\nat = \"date\"\nkind = \"text\"\ndoc = \"json\"\n";

std::string only(const std::vector<std::string>& lines) {
  REQUIRE(lines.size() == 1);
  return lines.front();
}

std::string of_range(const std::string& parts) {
  return only(
      lint_table("partition = { by = \"range\", column = \"at\", parts = { " + parts + " } }", kColumns));
}

}  // namespace

TEST_CASE("partition: what PostgreSQL takes is taken") {
  CHECK(lint_table(
            "partition = { by = \"range\", column = [\"at\", \"id\"], parts = { a = { to = [\"2025-01-01\", "
            "5] }, b = { from = [2025-01-01, 5] } } }",
            kColumns)
            .empty());
  CHECK(
      lint_table("partition = { by = \"list\", column = \"kind\", parts = { a = { values = [\"x\", \"y\"] }, "
                 "b = \"default\" } }",
                 kColumns)
          .empty());
  CHECK(lint_table("partition = { by = \"hash\", column = \"id\", count = 3 }\n"
                   "constraints = [\"primary key (at, id)\"]",
                   kColumns)
            .empty());
  CHECK(lint_table("distribute = \"id\"", kColumns).empty());
}

TEST_CASE("partition: bounds that overlap, are empty or are no values") {
  CHECK(of_range("a = { from = \"2025-01-01\", to = \"2026-01-01\" }, b = { from = \"2025-12-31\" }") ==
        "3:102: partition `b` overlaps partition `a` (`to` is the first value that is not in it)");
  CHECK(of_range("a = { from = \"2025-01-01\", to = \"2025-01-01\" }") ==
        "3:54: partition `a` is empty: its `to` does not lie behind its `from` (`to` is the first value that "
        "is "
        "not in it)");
  CHECK(of_range("a = \"default\", b = \"default\"") ==
        "3:69: partition `b` is a default, as partition `a` is");
  CHECK(of_range("a = { from = [1, 2] }") ==
        "3:68: a bound of partition `a` has 2 values, and it goes by 1 column");
  CHECK(of_range("a = { values = 1, to = \"2025-01-01\" }") ==
        "3:60: `values` does not go with `by = \"range\"` (a range has `from` and `to`)");
  CHECK(of_range("a = 5") ==
        "3:58: partition `a` is \"default\" or a table, not a whole number ({ from = ..., to = ... })");
  CHECK(only(lint_table(
            "partition = { by = \"range\", column = \"id\", parts = { a = { from = \"2025-01-01\" } } }",
            kColumns)) == "3:67: '2025-01-01' is no bigint, by which [table.e] is divided");
  CHECK(only(lint_table(
            "partition = { by = \"list\", column = \"kind\", parts = { a = { values = [\"x\"] }, b = { "
            "values = [\"y\", \"x\"] } } }",
            kColumns)) == "3:100: partition `b` takes 'x', which partition `a` takes already");
}

TEST_CASE("partition: columns and keys") {
  CHECK(only(lint_table("partition = { by = \"hash\", column = \"ids\", count = 3 }", kColumns)) ==
        "3:37: `partition` names `ids`, which is no column of [table.e] (did you mean `id`?)");
  CHECK_THAT(only(lint_table("partition = { by = \"hash\", column = \"doc\", count = 3 }", kColumns)),
             ContainsSubstring("is json, whose values PostgreSQL does not compare"));
  CHECK(only(lint_table("constraints = [\"primary key (id)\"]\n"
                        "partition = { by = \"hash\", column = \"at\", count = 3 }",
                        kColumns)) ==
        "3:16: the primary key (id) of [table.e] does not hold `at`, by which its rows are divided (what is "
        "unique is held so within each part alone: make it (id, at))");
  CHECK_THAT(only(lint_table("distribute = \"kind\"\nindex.e_id = \"unique (id)\"", kColumns)),
             ContainsSubstring("the unique index `e_id` of [table.e] does not hold `kind`"));
  CHECK_THAT(only(lint_table(
                 "partition = { by = \"list\", column = [\"id\", \"at\"], parts = { a = { values = 1 } } }",
                 kColumns)),
             ContainsSubstring("a list of values goes by one column, not by 2"));
}

TEST_CASE("partition: names share those of the schema's tables") {
  CHECK_THAT(only(lint_table("partition = { by = \"hash\", column = \"id\", count = 2 }", kColumns,
                             std::string("[table.e_1]\nfrom = \"s.x\"\n") + kPostgres)),
             ContainsSubstring("has the name of"));
}

TEST_CASE("partition and distribute: not into SQLite, not of a table that exists") {
  CHECK_THAT(only(lint_table("partition = { by = \"hash\", column = \"id\", count = 2 }", kColumns, kRest)),
             ContainsSubstring("goes into a SQLite file, which has no partitions"));
  CHECK_THAT(
      only(lint("[table.e]\nfrom = \"s.e\"\nexists = true\ndistribute = \"id\"\n" + std::string(kPostgres))),
      ContainsSubstring("[table.e] exists: how its rows are divided"));
}

TEST_CASE("distribute: foreign keys that no node could look after") {
  const auto two = [](const std::string& orders, const std::string& lines) {
    return lint(
        "[table.orders]\nfrom = \"s.o\"\n" + orders +
        "constraints = [\"primary key (tenant, id)\"]\n[table.orders.columns]\ntenant = \"int\"\nid = "
        "\"int\"\n[table.lines]\nfrom = \"s.l\"\n" +
        lines + "\n[table.lines.columns]\ntenant = \"int\"\norder_id = \"int\"\n" + kPostgres);
  };
  const std::string key =
      "constraints = [\"foreign key (tenant, order_id) references orders (tenant, id)\"]\n";
  CHECK(two("distribute = \"tenant\"\n", key + "distribute = \"tenant\"").empty());
  CHECK_THAT(only(two("distribute = \"tenant\"\n", key)), ContainsSubstring("and `lines` is not"));
  CHECK_THAT(only(two("distribute = \"tenant\"\n", key + "distribute = \"order_id\"")),
             ContainsSubstring("so that its rows stand on different nodes"));
  CHECK_THAT(only(two("", key + "distribute = \"tenant\"")), ContainsSubstring("is on one node alone"));
  CHECK(two("distribute = { reference = true }\n", key + "distribute = \"tenant\"").empty());
}

}  // namespace division_test
