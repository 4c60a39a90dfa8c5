#include <iostream>

#include "base/json.h"
#include "cli/command.h"
#include "run/transforms.h"

namespace planrun {

namespace {

Json to_json(const Diagnostics& diagnostics) {
  Json list = Json::array();
  for (const auto& d : diagnostics.list) {
    list.push_back({{"file", diagnostics.file},
                    {"line", d.position.line},
                    {"column", d.position.column},
                    {"severity", d.severity == Severity::error ? "error" : "warning"},
                    {"message", d.message},
                    {"hint", d.hint}});
  }
  return list;
}

}  // namespace

int lint_command(const CommandOptions& options, Console& console) {
  bool right = true;
  Json all = Json::array();
  for (const auto& file : options.plans) {
    ReadPlanResult result = read_plan(file, read_options(options));
    if (!result.diagnostics.has_errors()) check_transforms(result.plan, result.diagnostics);
    right = right && !result.diagnostics.has_errors();
    if (options.json) {
      for (auto& item : to_json(result.diagnostics)) all.push_back(item);
    } else if (result.diagnostics.list.empty()) {
      std::cout << file << ": " << console.out.good("nothing wrong") << "\n";
    } else {
      std::cout << to_text(result.diagnostics);
    }
  }
  if (options.json) std::cout << all.dump(2) << "\n";
  return right ? 0 : 2;
}

}  // namespace planrun
