// A plan as the ledger keeps it, read again: what a table is, and which columns its loads fill.
#include "plan/recorded_plan.h"

#include <nlohmann/json.hpp>

#include "plan/read_plan.h"
#include "resolve/resolve.h"
#include "support/catch.h"

namespace recorded_plan_test {

using namespace planrun;

TEST_CASE("the recorded plan says the same of its tables") {
  const auto read = read_plan_text(
      "[plan]\nname = \"p\"\nrequires = [\"q\"]\n[source.s]\nurl = \"sqlite:s\"\n[target.t]\nurl = "
      "\"sqlite:t\"\n"
      "types = [\"citext\"]\n[table.a]\nfrom = \"s.a\"\n[table.a.columns]\nid = \"bigint primary key\"\n"
      "n = { type = \"numeric(12,2) not null\", storage = \"text\" }\nc = \"citext\"\nt = \"text[]\"\n"
      "[table.b]\nfrom = \"s.b\"\n[table.b.columns]\nid = \"integer references a (id)\"\n",
      "/p.toml", {});
  REQUIRE_FALSE(read.diagnostics.has_errors());
  const auto columns = [](const std::vector<std::string>& names) {
    std::vector<SourceColumn> all;
    for (const auto& name : names) {
      SourceColumn column;
      column.name = name;
      all.push_back(column);
    }
    return all;
  };
  SourceTable a;
  a.name = "a";
  a.columns = columns({"id", "n", "c", "t"});
  SourceTable b;
  b.name = "b";
  b.columns = columns({"id"});
  const auto resolved = resolve(read.plan, {{"s", {a, b}}});
  REQUIRE_FALSE(resolved.diagnostics.has_errors());

  const ResolvedPlan again = read_recorded_plan(to_json(resolved.plan).dump());
  CHECK(again.name == "p");
  CHECK(again.requires_ == std::vector<std::string>{"q"});
  REQUIRE(again.tables.size() == 2);
  const TableSchema& schema = again.tables[0].schema;
  CHECK(schema.name == "a");
  REQUIRE(schema.columns.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(schema.columns[i].type == resolved.plan.tables[0].schema.columns[i].type);
  }
  CHECK(schema.columns[1].store_as_text);
  CHECK(schema.columns[2].type.kind == TypeKind::other);
  CHECK(schema.columns[3].type.kind == TypeKind::text_array);
  CHECK(schema.primary_key()->columns == std::vector<std::string>{"id"});
  CHECK(again.tables[1].schema.foreign_keys.at(0).table == "a");
  REQUIRE(again.tables[0].loads.size() == 1);
  CHECK(again.tables[0].loads[0].name == "a");
  REQUIRE(again.tables[0].loads[0].columns.size() == 4);
  CHECK(again.tables[0].loads[0].columns[3].column == 3);
}

TEST_CASE("the recorded plan says how rows are merged") {
  ResolvedPlan plan;
  plan.name = "p";
  ResolvedTable& table = plan.tables.emplace_back();
  table.schema.name = "t";
  ResolvedLoad& load = table.loads.emplace_back();
  load.name = "t.b";
  load.merge = ResolvedMerge{"t", 1, {2, 0}, Keep::newest, 3};
  const auto again = read_recorded_plan(to_json(plan).dump()).tables.at(0).loads.at(0).merge;
  REQUIRE(again);
  CHECK(again->group == "t");
  CHECK(again->place == 1);
  CHECK(again->key == std::vector<std::size_t>{2, 0});
  CHECK(again->keep == Keep::newest);
  CHECK(again->by == 3U);
}

TEST_CASE("what is no recorded plan is refused") {
  CHECK_THROWS(read_recorded_plan("{\"name\": 3}"));
  CHECK_THROWS(read_recorded_plan(""));
}

}  // namespace recorded_plan_test
