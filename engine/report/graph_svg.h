// A graph as a drawing that needs nothing else: its own style, light and dark by the reader's choice, words
// for those who do not see it. It can stand in a file or inside a page.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace planrun {

/// What became of a step.
struct StepMark {
  std::string state;  // "pending", "running", "done", "failed", "undone": the class state-STATE; empty: none
  double seconds = -1;  // shown in the box's corner; below 0: the state is, where it is not "done"
};

/// `marks` by step id; a step without one is drawn plain. One <svg> element, without an XML declaration and
/// without ids, so that a page can hold several. Its style is of the class planrun-graph
/// alone; a page that has a theme of its own says more of the classes back, lane, box, bar, edge,
/// state-STATE.
std::string graph_svg(const Graph& graph, const std::map<std::string, StepMark>& marks = {},
                      const std::string& title = "The steps of the plan");

/// One target's graph; `target` is empty where the plan has only one.
struct TargetGraph {
  std::string target;
  Graph graph;
};

/// All of them, one below the other.
std::string graphs_svg(const std::vector<TargetGraph>& graphs, const std::string& title);

}  // namespace planrun
