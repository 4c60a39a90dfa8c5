#include "graph/graph.h"

#include <algorithm>

#include "base/error.h"
#include "postgres/dialect.h"
#include "support/catch.h"

namespace graph_test {

using namespace planrun;

namespace {

ResolvedTable table(const std::string& name, const std::string& parent = "") {
  ResolvedTable t;
  t.schema.name = name;
  ColumnSchema id;
  id.name = "id";
  id.type.kind = TypeKind::bigint;
  id.type.sql = "bigint";
  t.schema.columns = {id};
  KeySchema primary;
  primary.name = name + "_pkey";
  primary.primary = true;
  primary.columns = {"id"};
  t.schema.keys.push_back(primary);
  if (!parent.empty()) {
    ForeignKeySchema key;
    key.name = name + "_id_fkey";
    key.columns = key.foreign_columns = {"id"};
    key.table = parent;
    t.schema.foreign_keys.push_back(key);
  }
  ResolvedLoad load;
  load.name = name;
  load.columns.push_back({});
  t.loads.push_back(load);
  return t;
}

std::size_t place(const Graph& graph, const std::string& id) {
  const auto found =
      std::find_if(graph.steps.begin(), graph.steps.end(), [&](const Step& s) { return s.id == id; });
  REQUIRE(found != graph.steps.end());
  return static_cast<std::size_t>(found - graph.steps.begin());
}

// Whether `later` waits for `earlier`, directly or by way of others.
bool waits_for(const Graph& graph, std::size_t later, std::size_t earlier) {
  const auto& after = graph.steps[later].after;
  return std::any_of(after.begin(), after.end(),
                     [&](std::size_t b) { return b == earlier || waits_for(graph, b, earlier); });
}

Graph graph_of(const ResolvedPlan& plan, std::int64_t rows) {
  std::map<std::string, LoadSize> sizes;
  for (const auto& t : plan.tables) sizes[t.schema.name] = {rows, rows * 100, {}};
  return build_graph(plan, *postgres_dialect("public"), sizes);
}

}  // namespace

TEST_CASE("a foreign key waits for the keys of both tables, and rows for no foreign key") {
  ResolvedPlan plan;
  plan.tables = {table("child", "parent"), table("parent")};
  const Graph graph = graph_of(plan, 1'000'000);
  const auto fk = place(graph, "foreign_key child child_id_fkey");
  CHECK(waits_for(graph, fk, place(graph, "key parent parent_pkey")));
  CHECK(waits_for(graph, fk, place(graph, "load child")));
  CHECK_FALSE(waits_for(graph, place(graph, "load child"), place(graph, "load parent")));
  CHECK(waits_for(graph, place(graph, "prove child"), place(graph, "validate child child_id_fkey")));
  for (std::size_t i = 0; i < graph.steps.size(); ++i) {
    for (const std::size_t before : graph.steps[i].after) CHECK(before < i);
  }
}

TEST_CASE("small tables share a step, large ones have their own") {
  ResolvedPlan plan;
  plan.tables = {table("a"), table("b")};
  CHECK(graph_of(plan, 10).steps.front().creates == std::vector<std::string>{"a", "b"});
  CHECK(graph_of(plan, kSmallTableRows + 1).steps.front().id == "create a");
}

TEST_CASE("small tables are so many to a step that their locks find room") {
  ResolvedPlan plan;
  for (int i = 0; i < 250; ++i) plan.tables.push_back(table("t" + std::to_string(i)));
  const Graph graph = graph_of(plan, 10);
  CHECK(graph.steps[0].id == "load small tables");
  CHECK(graph.steps[1].id == "load small tables 2");
  CHECK(graph.steps[2].id == "load small tables 3");
  CHECK(graph.steps[0].creates.size() == 100);
  CHECK(graph.steps[2].creates.size() == 50);
  CHECK(graph.steps[2].creates.back() == "t249");
  CHECK(graph.steps[place(graph, "key t249 t249_pkey")].is_small);
}

TEST_CASE("tables that refer to each other are no cycle of steps") {
  ResolvedPlan plan;
  plan.tables = {table("a", "b"), table("b", "a"), table("self", "self")};
  const Graph graph = graph_of(plan, 1'000'000);
  CHECK(waits_for(graph, place(graph, "foreign_key a a_id_fkey"), place(graph, "key b b_pkey")));
  CHECK(waits_for(graph, place(graph, "foreign_key b b_id_fkey"), place(graph, "key a a_pkey")));
}

TEST_CASE("`after` orders loads, and a cycle of it is printed") {
  ResolvedPlan plan;
  plan.tables = {table("a"), table("b")};
  plan.tables[0].after = {"b"};
  const Graph graph = graph_of(plan, 10);
  CHECK(waits_for(graph, place(graph, "load a"), place(graph, "load b")));
  plan.tables[1].after = {"a"};
  CHECK_THROWS_WITH(graph_of(plan, 10), ContainsSubstring("a -> b -> a"));
}

TEST_CASE(
    "triggers stand between a table's last step and its proof, views after all proofs, SQL where it says") {
  ResolvedPlan plan;
  plan.tables = {table("a"), table("b")};
  PlanTrigger trigger;
  trigger.name = "t";
  trigger.table.text = "a";
  trigger.sql.any = "create trigger t after insert on a execute function f()";
  plan.triggers = {trigger};
  PlanView outer;
  outer.name = "outer_view";
  outer.sql.any = "select * from inner_view";
  PlanView inner;
  inner.name = "inner_view";
  inner.sql.any = "select * from a";
  plan.views = {outer, inner};
  const Graph without = graph_of(plan, 1'000'000);
  CHECK(waits_for(without, place(without, "trigger a t"), place(without, "analyze a")));
  CHECK(waits_for(without, place(without, "prove a"), place(without, "trigger a t")));
  CHECK_FALSE(waits_for(without, place(without, "trigger a t"), place(without, "load b")));
  CHECK(waits_for(without, place(without, "view inner_view"), place(without, "prove b")));
  CHECK(waits_for(without, place(without, "view outer_view"), place(without, "view inner_view")));

  const auto step = [](const std::string& name, SqlMoment when) {
    PlanSqlStep sql;
    sql.name = name;
    sql.when = when;
    sql.sql.any = "select 1";
    return sql;
  };
  plan.sql_steps = {step("last", SqlMoment::end), step("first", SqlMoment::before_load),
                    step("second", SqlMoment::before_load), step("middle", SqlMoment::after_load)};
  plan.sql_steps.push_back(step("for_sqlite", SqlMoment::end));
  plan.sql_steps.back().sql = {};
  plan.sql_steps.back().sql.by_dialect = {{"sqlite", "select 1"}, {"postgresql", ""}};
  const Graph graph = graph_of(plan, 1'000'000);
  CHECK(waits_for(graph, place(graph, "sql second"), place(graph, "sql first")));
  CHECK(waits_for(graph, place(graph, "create a"), place(graph, "sql second")));
  CHECK(waits_for(graph, place(graph, "create b"), place(graph, "sql second")));
  CHECK(waits_for(graph, place(graph, "sql middle"), place(graph, "analyze b")));
  CHECK(waits_for(graph, place(graph, "trigger a t"), place(graph, "sql middle")));
  CHECK(waits_for(graph, place(graph, "prove b"), place(graph, "sql middle")));
  CHECK(waits_for(graph, place(graph, "sql last"), place(graph, "view outer_view")));
  CHECK(std::none_of(graph.steps.begin(), graph.steps.end(),
                     [](const Step& s) { return s.id == "sql for_sqlite"; }));
  CHECK(graph_of(plan, 10).steps.front().id == "sql first");
}

}  // namespace graph_test
