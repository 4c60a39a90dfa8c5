#include "transform/mapping.h"

#include "base/error.h"
#include "transform/one_column.h"

namespace mapping_test {

using namespace planrun;
using namespace planrun::test;

namespace {

/// Columns of these types, loaded in this order from inputs 0, 1, ...
struct Table {
  TableSchema schema;
  ResolvedLoad load;

  ResolvedColumn& add(const std::string& name, ColumnType type, int input) {
    schema.name = "t";
    ColumnSchema& column = schema.columns.emplace_back();
    column.name = name;
    column.type = std::move(type);
    ResolvedColumn& resolved = load.columns.emplace_back();
    resolved.column = schema.columns.size() - 1;
    resolved.input = input;
    return resolved;
  }
  std::unique_ptr<Transform> mapping() const { return make_mapping(schema, load, {}); }
};

std::vector<std::string> shown(const std::vector<Cell>& cells) {
  std::vector<std::string> out;
  for (const Cell& cell : cells) out.push_back(show(cell));
  return out;
}

}  // namespace

TEST_CASE("a row is mapped column by column, with constants and shared inputs") {
  Table table;
  table.add("id", column_type(TypeKind::bigint, "bigint"), 1);
  table.add("label", column_type(TypeKind::text, "text"), 1);
  table.add("amount", numeric(12, 2), 0);
  table.add("by", column_type(TypeKind::text, "text"), -1).constant = "epic16";
  table.add("on", column_type(TypeKind::boolean, "boolean"), -1).constant = "true";
  table.add("day", column_type(TypeKind::date, "date"), -1).constant = "2026-01-31";
  const auto mapping = table.mapping();
  const std::vector<Cell> row{r(19.5), i(7)};
  std::vector<Cell> out(6);
  REQUIRE(mapping->apply(row, out));
  CHECK(shown(out) == std::vector<std::string>{"integer 7", "text 7", "text 19.5", "text epic16", "integer 1",
                                               "integer 20484"});
}

TEST_CASE("several converted texts stand beside one another") {
  Table table;
  for (int n = 0; n < 4; ++n)
    table.add("n" + std::to_string(n), column_type(TypeKind::numeric, "numeric"), n);
  const auto mapping = table.mapping();
  std::vector<Cell> out(4);
  REQUIRE(mapping->apply(std::vector<Cell>{i(1), r(2.5), t("3.50"), i(4)}, out));
  CHECK(shown(out) == std::vector<std::string>{"text 1", "text 2.5", "text 3.5", "text 4"});
  REQUIRE(mapping->apply(std::vector<Cell>{i(50), r(6.25), t("7"), Cell::of_null()}, out));
  CHECK(shown(out) == std::vector<std::string>{"text 50", "text 6.25", "text 7", "null"});
}

TEST_CASE("the first column that refuses is told, and the next row is free of it") {
  Table table;
  table.add("id", column_type(TypeKind::bigint, "bigint"), 0);
  table.add("enabled", column_type(TypeKind::boolean, "boolean"), 1);
  table.add("at", column_type(TypeKind::timestamp, "timestamp"), 2);
  const auto mapping = table.mapping();
  std::vector<Cell> out(3);
  CHECK_FALSE(mapping->apply(std::vector<Cell>{i(1), i(2), i(5)}, out));
  CHECK(mapping->misfit().column == 1);
  CHECK(mapping->misfit().value == "integer 2");
  CHECK(mapping->misfit().reason == "is no boolean (0 or 1); using = \"boolean\" takes any integer");
  CHECK_FALSE(mapping->apply(std::vector<Cell>{i(1), i(1), t("2026-01-31 12:00Z")}, out));
  CHECK(mapping->misfit().column == 2);
  CHECK(mapping->misfit().value == "text '2026-01-31 12:00Z'");
  CHECK(mapping->apply(std::vector<Cell>{i(1), i(1), t("2026-01-31 12:00")}, out));
}

TEST_CASE("values of misfits keep their storage class") {
  const auto value = [](const Cell& cell) {
    OneColumn column(column_type(TypeKind::interval, "interval"));
    column(cell);
    return column.misfit().value;
  };
  CHECK(value(i(-3)) == "integer -3");
  CHECK(value(r(19.999)) == "real 19.999");
  CHECK(value(t("a'b")) == "text 'a''b'");
  CHECK(value(b(std::string_view("\x00\xff", 2))) == "blob x'00ff'");
  CHECK(value(b("abcdefghijklmnopqrstuvwxyz123456789")) ==
        "blob x'6162636465666768696a6b6c6d6e6f707172737475767778797a31323334'...");
}

TEST_CASE("null in a column that is not null is refused before the server sees it") {
  OneColumn column(column_type(TypeKind::text, "text"), {{}, {}, false, true, false, 0});
  CHECK(column(Cell::of_null()) == "no: is null, and the column is not null");
  CHECK(column.misfit().value == "null");
  CHECK(column("") == "text ");
}

TEST_CASE("a constant that does not fit is an error of the plan") {
  const auto error = [](ColumnType type, const std::string& constant) {
    Table table;
    table.add("c", std::move(type), -1).constant = constant;
    try {
      table.mapping();
    } catch (const Error& e) {
      CHECK(e.code() == ErrorCode::plan);
      return std::string(e.what());
    }
    return std::string("taken");
  };
  CHECK(error(column_type(TypeKind::integer, "integer"), "5") == "taken");
  CHECK(error(column_type(TypeKind::integer, "integer"), "five") ==
        "table t, column c: the constant 'five' is no integer written plainly");
  CHECK_THAT(error(numeric(4, 2), "1.234"),
             ContainsSubstring("the constant '1.234' has more digits after the point"));
}

TEST_CASE("constants go through their conversions, and hold still") {
  Table table;
  for (int n = 0; n < 5; ++n) {
    ResolvedColumn& column =
        table.add("n" + std::to_string(n), column_type(TypeKind::numeric, "numeric"), -1);
    column.constant = " " + std::to_string(n) + ",5";
    column.using_ = {{"trim", {}, {}}, {"decimal_comma", {}, {}}};
  }
  const auto mapping = table.mapping();
  std::vector<Cell> out(5);
  for (int times = 0; times < 2; ++times) {
    REQUIRE(mapping->apply({}, out));
    CHECK(shown(out) == std::vector<std::string>{"text 0.5", "text 1.5", "text 2.5", "text 3.5", "text 4.5"});
  }
}

}  // namespace mapping_test
