#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/part.h"
#include "run/prepare.h"
#include "run/preview.h"

namespace planrun {

int graph_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    Json all = Json::object();  // by target
    std::string text;
    for (const Plan& part : parts_of(plan)) {
      const std::string& name = part.targets.front().name;
      TargetDatabase& target = *databases.targets.at(name);
      const Prepared prepared = prepare(part, databases.source_pointers(), target, wrong);
      const Graph graph = build_graph(prepared.plan, target.dialect(), prepared.sizes);
      all[name] = to_json(graph);
      if (plan.targets.size() > 1) text += "target " + name + "\n";
      text += to_text(graph);
    }
    std::cout << (options.json ? (plan.targets.size() > 1 ? all : all.front()).dump(2) + "\n" : text);
    return 0;
  } catch (const Error&) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    throw;
  }
}

}  // namespace planrun
