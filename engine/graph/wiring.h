// The graph as it is drawn: what a step waits for by way of others is left out, and where several steps wait
// for the same many, they wait for one join of them.
#pragma once

#include <utility>
#include <vector>

#include "graph/graph.h"

namespace planrun {

struct Wiring {
  std::size_t steps = 0;
  std::size_t joins = 0;
  /// For each step, then for each join (node steps + 0, steps + 1, ...): the nodes before it.
  std::vector<std::vector<std::size_t>> after;

  bool is_join(std::size_t node) const { return node >= steps; }
  /// Every node behind those that it waits for.
  std::vector<std::size_t> order() const;
  /// (before, later), later by later.
  std::vector<std::pair<std::size_t, std::size_t>> edges() const;
};

/// Who waits for whom, directly or by way of others, is as in the graph.
Wiring wiring_of(const Graph& graph);

}  // namespace planrun
