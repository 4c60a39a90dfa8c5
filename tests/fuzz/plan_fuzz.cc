// Any bytes given as a plan end in a Plan and diagnostics that can be printed: no crash, no exception.
#include <cstddef>
#include <cstdint>
#include <string>

#include "plan/read_plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  planrun::ReadPlanOptions options;
  options.variable = [](const std::string& name) {
    return name.size() % 2 == 0 ? std::optional<std::string>("value") : std::nullopt;
  };
  const std::string text(reinterpret_cast<const char*>(data), size);
  const planrun::ReadPlanResult result = planrun::read_plan_text(text, "/fuzz/plan.toml", options);
  planrun::to_text(result.diagnostics);
  return 0;
}
