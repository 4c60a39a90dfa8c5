#include "graph/wiring.h"

#include <algorithm>
#include <map>

namespace planrun {

namespace {

// Fewer crossings than lines: from so many steps before and so many behind a join pays.
constexpr std::size_t kLeastBefore = 3;
constexpr std::size_t kLeastBehind = 2;

// Steps stand behind what they wait for, so that one pass knows all that is before each.
std::vector<std::vector<std::size_t>> without_detours(const Graph& graph) {
  const std::size_t count = graph.steps.size();
  std::vector<std::vector<bool>> before(count, std::vector<bool>(count));
  std::vector<std::vector<std::size_t>> after(count);
  for (std::size_t step = 0; step < count; ++step) {
    const auto& direct = graph.steps[step].after;
    for (const std::size_t one : direct) {
      const bool detour = std::any_of(direct.begin(), direct.end(),
                                      [&](std::size_t other) { return other != one && before[other][one]; });
      if (!detour) after[step].push_back(one);
      before[step][one] = true;
      for (std::size_t i = 0; i < one; ++i) before[step][i] = before[step][i] || before[one][i];
    }
  }
  return after;
}

}  // namespace

std::vector<std::size_t> Wiring::order() const {
  std::vector<std::size_t> order;
  std::vector<bool> seen(after.size());
  const auto visit = [&](const auto& self, std::size_t node) -> void {
    if (seen[node]) return;
    seen[node] = true;
    for (const std::size_t before : after[node]) self(self, before);
    order.push_back(node);
  };
  for (std::size_t node = 0; node < after.size(); ++node) visit(visit, node);
  return order;
}

std::vector<std::pair<std::size_t, std::size_t>> Wiring::edges() const {
  std::vector<std::pair<std::size_t, std::size_t>> all;
  for (std::size_t node = 0; node < after.size(); ++node) {
    for (const std::size_t before : after[node]) all.emplace_back(before, node);
  }
  return all;
}

Wiring wiring_of(const Graph& graph) {
  Wiring wiring;
  wiring.steps = graph.steps.size();
  wiring.after = without_detours(graph);
  std::map<std::vector<std::size_t>, std::vector<std::size_t>> behind;  // the steps behind the same ones
  for (std::size_t step = 0; step < wiring.steps; ++step) behind[wiring.after[step]].push_back(step);
  for (const auto& [before, steps] : behind) {
    if (before.size() < kLeastBefore || steps.size() < kLeastBehind) continue;
    const std::size_t join = wiring.steps + wiring.joins++;
    wiring.after.push_back(before);
    for (const std::size_t step : steps) wiring.after[step] = {join};
  }
  return wiring;
}

}  // namespace planrun
