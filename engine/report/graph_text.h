// A graph in the languages of other programs that draw.
#pragma once

#include <string>
#include <vector>

#include "report/graph_svg.h"

namespace planrun {

/// A Mermaid flowchart, as GitHub draws it in a ```mermaid block: a subgraph a table. GitHub draws up to 500
/// edges.
std::string graph_mermaid(const std::vector<TargetGraph>& graphs);
inline constexpr std::size_t kMostMermaidEdges = 500;

/// For graphviz: `dot -Tpng`. A cluster a table.
std::string graph_dot(const std::vector<TargetGraph>& graphs);

/// Lines of all the drawings together.
std::size_t edge_count(const std::vector<TargetGraph>& graphs);

}  // namespace planrun
