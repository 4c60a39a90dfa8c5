// Drawings of a graph: who waits for whom is kept, nothing lies on anything, and no name breaks the language.
#include <algorithm>
#include <set>

#include "graph/wiring.h"
#include "report/graph_layout.h"
#include "report/graph_svg.h"
#include "report/graph_text.h"
#include "support/shipped_plans.h"

namespace graph_drawing_test {

using namespace planrun;
using namespace planrun::test;

namespace {

Step step(const std::string& table, const std::string& name, std::vector<std::size_t> after) {
  Step s;
  s.kind = StepKind::index;
  s.table = table;
  s.name = name;
  s.id = "index " + table + " " + name;
  s.after = std::move(after);
  return s;
}

// Four first steps, and two that wait for all of them, the last also for what the first waits for.
Graph joined() {
  Graph graph;
  for (const std::string name : {"a", "b", "c", "d"}) graph.steps.push_back(step("t" + name, name, {}));
  graph.steps.push_back(step("ta", "e", {0, 1, 2, 3}));
  graph.steps.push_back(step("tb", "f", {0, 1, 2, 3}));
  graph.steps.push_back(step("tb", "g", {0, 5}));
  return graph;
}

bool overlap(const GraphBox& a, const GraphBox& b) {
  return a.x < b.right() && b.x < a.right() && a.y < b.y + b.height && b.y < a.y + a.height;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++found;
  return found;
}

}  // namespace

TEST_CASE("a wiring leaves out detours, and joins what waits for the same steps") {
  const Wiring wiring = wiring_of(joined());
  REQUIRE(wiring.joins == 1);
  CHECK(wiring.after[4] == std::vector<std::size_t>{7});
  CHECK(wiring.after[5] == std::vector<std::size_t>{7});
  CHECK(wiring.after[6] == std::vector<std::size_t>{5});  // by way of it for step 0 too
  CHECK(wiring.after[7] == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(wiring.edges().size() == 7);
  const auto order = wiring.order();
  const auto place = [&](std::size_t node) {
    return std::find(order.begin(), order.end(), node) - order.begin();
  };
  for (const auto& [before, later] : wiring.edges()) CHECK(place(before) < place(later));
}

TEST_CASE("a layout puts a step right of all that it waits for, and no box on another") {
  const GraphLayout layout = layout_graph(joined());
  REQUIRE(layout.steps.size() == 7);
  CHECK(layout.joins.size() == 1);
  CHECK(layout.steps[4].box.x > layout.steps[3].box.right());
  CHECK(layout.steps[6].box.x > layout.steps[5].box.right());
  for (const auto& a : layout.steps) {
    CHECK((a.box.x > 0 && a.box.right() < layout.width && a.box.y + a.box.height < layout.height));
    for (const auto& b : layout.steps) CHECK((&a == &b || !overlap(a.box, b.box)));
  }
}

TEST_CASE("a name that is too long for its box is cut in the middle, between characters") {
  const std::string name = "\xC3\xA4" + std::string(80, 'm') + "\xC3\xB6";
  const std::string cut = cut_to_width(name, 12, 100);
  CHECK(text_width(cut, 12) <= 100);
  CHECK(cut.starts_with("\xC3\xA4m"));
  CHECK(cut.ends_with("m\xC3\xB6"));
  CHECK(cut_to_width("short", 12, 100) == "short");
}

TEST_CASE("names from a database cannot break out of a drawing") {
  Graph graph;
  graph.steps.push_back(step("a\"]; x<b>&`#{|", "click \\\" end\n</svg><script>", {}));
  const std::string svg = graph_svg(graph);
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find("<b>") == std::string::npos);
  const std::string mermaid = graph_mermaid({{"", graph}});
  CHECK_THAT(mermaid, ContainsSubstring("a#34;#93;#59; x#60;b#62;#38;#96;#35;#123;#124;"));
  CHECK(count(mermaid, "\"") == 4);  // two labels
  CHECK(count(mermaid, "\n") == 4);
  CHECK_THAT(graph_dot({{"", graph}}), ContainsSubstring("click \\\\\\\" end </svg><script>"));
}

TEST_CASE("a drawing shows each step's state and time") {
  const std::string svg = graph_svg(joined(), {{"index ta a", {"done", 1.5}}, {"index tb b", {"failed"}}});
  CHECK_THAT(svg, ContainsSubstring("class=\"step state-done\"><title>index ta a, done, 1.50 s</title>"));
  CHECK_THAT(svg, ContainsSubstring("class=\"step state-failed\"><title>index tb b, failed</title>"));
  CHECK(count(svg, "class=\"step\"") == 5);
}

TEST_CASE("planrun graph draws a shipped plan in all languages", "[cases]") {
  const ShippedPlans plans(Kind::sqlite);
  const auto graph = [&](const std::string& format) {
    const ProcessResult r = run_planrun({"graph", PLANRUN_SOURCE_DIR "/plans/epic7.toml", "--format", format},
                                        plans.file("state"), plans.environment());
    INFO(r.err);
    REQUIRE(r.status == 0);
    return r.out;
  };
  const std::size_t steps = count(graph("text"), "\n");
  CHECK(steps > 10);
  const std::string mermaid = graph("mermaid");
  CHECK(mermaid.starts_with("flowchart LR\n"));
  CHECK(count(mermaid, "(\"") - count(mermaid, "((\"") == steps);
  CHECK(count(mermaid, "subgraph ") == count(mermaid, "  end\n"));
  CHECK(count(graph("dot"), " [label=") == steps);
  const std::string svg = graph("svg");
  CHECK(count(svg, "<g class=\"step") == steps);
  CHECK_THAT(svg, ContainsSubstring("prefers-color-scheme:dark"));
  CHECK_THAT(svg, ContainsSubstring("<title>The steps of plan epic7</title>"));
}

}  // namespace graph_drawing_test
