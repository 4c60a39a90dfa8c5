#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/part.h"
#include "report/graph_text.h"
#include "run/prepare.h"
#include "run/preview.h"

namespace planrun {

namespace {

std::string graphs_text(const std::vector<TargetGraph>& graphs) {
  std::string text;
  for (const TargetGraph& one : graphs) {
    if (graphs.size() > 1) text += "target " + one.target + "\n";
    text += to_text(one.graph);
  }
  return text;
}

std::string graphs_json(const std::vector<TargetGraph>& graphs) {
  if (graphs.size() == 1) return to_json(graphs.front().graph).dump(2) + "\n";
  Json all = Json::object();  // by target
  for (const TargetGraph& one : graphs) all[one.target] = to_json(one.graph);
  return all.dump(2) + "\n";
}

std::string mermaid(const std::vector<TargetGraph>& graphs, Console& console) {
  const std::size_t edges = edge_count(graphs);
  if (edges > kMostMermaidEdges) {
    console.log.warning("the graph has " + std::to_string(edges) + " edges, and GitHub draws at most " +
                        std::to_string(kMostMermaidEdges) + " of Mermaid: --format svg draws any");
  }
  return graph_mermaid(graphs);
}

std::string shown(const std::vector<TargetGraph>& graphs, const std::string& format, const Plan& plan,
                  Console& console) {
  if (format == "json") return graphs_json(graphs);
  if (format == "mermaid") return mermaid(graphs, console);
  if (format == "dot") return graph_dot(graphs);
  if (format == "svg") return graphs_svg(graphs, "The steps of plan " + plan.name);
  return graphs_text(graphs);
}

}  // namespace

int graph_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    std::vector<TargetGraph> graphs;
    for (const Plan& part : parts_of(plan)) {
      const std::string& name = part.targets.front().name;
      TargetDatabase& target = *databases.targets.at(name);
      const Prepared prepared = prepare(part, databases.source_pointers(), target, wrong);
      graphs.push_back({name, build_graph(prepared.plan, target.dialect(), prepared.sizes)});
    }
    std::cout << shown(graphs, options.format, plan, console);
    return 0;
  } catch (const Error&) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    throw;
  }
}

}  // namespace planrun
