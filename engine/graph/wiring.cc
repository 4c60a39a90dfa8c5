#include "graph/wiring.h"

#include <algorithm>
#include <cstdint>
#include <map>

namespace planrun {

namespace {

// Fewer crossings than lines: from so many steps before and so many behind a join pays.
constexpr std::size_t kLeastBefore = 3;
constexpr std::size_t kLeastBehind = 2;

// Marks what is before a step, without what stands before all that is asked for.
class Ancestors {
 public:
  explicit Ancestors(const Graph& graph) : graph_(graph), marked_for_(graph.steps.size(), kNobody) {}

  /// What is before `step` by a way of more than one edge, down to the earliest of what it waits for.
  void mark(std::size_t step) {
    const auto& direct = graph_.steps[step].after;
    const std::size_t earliest = *std::min_element(direct.begin(), direct.end());
    std::vector<std::size_t> open = direct;
    while (!open.empty()) {
      const std::size_t later = open.back();
      open.pop_back();
      for (const std::size_t before : graph_.steps[later].after) {
        if (before < earliest || marked_for_[before] == step) continue;
        marked_for_[before] = step;
        open.push_back(before);
      }
    }
  }
  bool is_marked(std::size_t step, std::size_t for_step) const { return marked_for_[step] == for_step; }

 private:
  static constexpr std::size_t kNobody = SIZE_MAX;
  const Graph& graph_;
  std::vector<std::size_t> marked_for_;
};

// Steps stand behind what they wait for.
std::vector<std::vector<std::size_t>> without_detours(const Graph& graph) {
  std::vector<std::vector<std::size_t>> after;
  Ancestors ancestors(graph);
  for (std::size_t step = 0; step < graph.steps.size(); ++step) {
    after.push_back(graph.steps[step].after);
    if (after[step].size() < 2) continue;
    ancestors.mark(step);
    std::erase_if(after[step], [&](std::size_t before) { return ancestors.is_marked(before, step); });
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
