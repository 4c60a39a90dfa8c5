#include "run/step_records.h"

#include "run/context.h"

namespace planrun {

std::vector<StepRecord> pending_steps(const Graph& graph) {
  std::vector<StepRecord> steps;
  for (const Step& step : graph.steps) {
    StepRecord record;
    record.id = step.id;
    record.kind = to_string(step.kind);
    record.table = step.table;
    for (const std::size_t before : step.after) record.needs.push_back(graph.steps[before].id);
    const std::vector<std::string> needs = record.needs;
    for (const auto& table : step.creates) {
      StepRecord create;
      create.id = create_step_id(table);
      create.kind = "create";
      create.table = table;
      create.needs = needs;
      record.needs.push_back(create.id);
      steps.push_back(std::move(create));
    }
    steps.push_back(std::move(record));
  }
  return steps;
}

}  // namespace planrun
