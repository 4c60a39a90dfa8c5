#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "run/prepare.h"
#include "run/preview.h"

namespace planrun {

int graph_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    const Prepared prepared = prepare(plan, databases.source_pointers(), *databases.target, wrong);
    const Graph graph = build_graph(prepared.plan, databases.target->dialect(), prepared.sizes);
    std::cout << (options.json ? to_json(graph).dump(2) + "\n" : to_text(graph));
    return 0;
  } catch (const Error&) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    throw;
  }
}

}  // namespace planrun
