#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "run/transforms.h"

namespace planrun {

namespace {

std::string to_text(const std::string& file, const ExampleResult& result, const Paint& paint) {
  const PlanExample& example = *result.example;
  std::string text = (result.wrong.empty() ? paint.good("passed") : paint.bad("FAILED")) + "  " + file + ":" +
                     std::to_string(example.at.line) + "  " + example.transform.text + ": " + example.name +
                     "\n";
  for (const auto& line : result.wrong) text += "        " + line + "\n";
  return text;
}

Json to_json(const std::string& file, const ExampleResult& result) {
  const PlanExample& example = *result.example;
  return {{"file", file},
          {"line", example.at.line},
          {"example", example.name},
          {"transform", example.transform.text},
          {"passed", result.wrong.empty()},
          {"differences", result.wrong}};
}

}  // namespace

int test_command(const CommandOptions& options, Console& console) {
  std::size_t count = 0;
  std::size_t failed = 0;
  Json all = Json::array();
  for (const auto& file : options.plans) {
    const ReadPlanResult plan = read_plan(file, read_options(options));
    if (!plan.diagnostics.list.empty()) std::cerr << to_text(plan.diagnostics);
    if (plan.diagnostics.has_errors()) throw Error(ErrorCode::plan, "");
    if (plan.plan.examples.empty()) {
      throw Error(ErrorCode::plan, file + " has no examples", "[[example]] with transform, row and gives");
    }
    for (const ExampleResult& result : run_examples(plan.plan)) {
      ++count;
      if (!result.wrong.empty()) ++failed;
      if (options.json) {
        all.push_back(to_json(file, result));
      } else {
        std::cout << to_text(file, result, console.out);
      }
    }
  }
  if (options.json) {
    std::cout << all.dump(2) << "\n";
  } else {
    std::cout << count << (count == 1 ? " example, " : " examples, ") << failed << " failed\n";
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace planrun
