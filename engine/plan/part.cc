#include "plan/part.h"

#include <algorithm>

#include "plan/document.h"

namespace planrun {

namespace {

// Whether something that names `target` (none: home) stands in the part of `own`.
bool belongs(const std::string& target, const PlanTarget& own, const PlanTarget& home) {
  return target.empty() ? own.name == home.name : target == own.name;
}

std::vector<std::string> target_names(const std::string& text) {
  Diagnostics unread;
  const auto root = read_document(text, unread);
  const Member* section = root ? root->find("target") : nullptr;
  std::vector<std::string> names;
  if (section == nullptr) return names;
  for (const Member& member : section->value.members) {
    if (member.value.kind == NodeKind::table) names.push_back(member.key);
  }
  return names;
}

}  // namespace

std::vector<Plan> parts_of(const Plan& plan) {
  std::vector<Plan> parts;
  if (plan.targets.size() < 2) return {plan};
  const PlanTarget& home = plan.targets.front();
  for (const PlanTarget& own : plan.targets) {
    Plan part = plan;
    part.targets = {own};
    const auto is_other = [&](const auto& item) { return !belongs(item.target, own, home); };
    std::erase_if(part.tables, is_other);
    std::erase_if(part.checks, is_other);
    std::erase_if(part.views, is_other);
    std::erase_if(part.sql_steps, is_other);
    std::erase_if(part.triggers, [&](const PlanTrigger& trigger) {
      const auto on = [&](const PlanTable& table) { return table.name == trigger.table.text; };
      return std::none_of(part.tables.begin(), part.tables.end(), on);
    });
    for (auto& table : part.tables) table.target.clear();
    for (auto& check : part.checks) check.target.clear();
    for (auto& view : part.views) view.target.clear();
    for (auto& step : part.sql_steps) step.target.clear();
    if (own.name != home.name) {
      part.requires_.clear();
      part.on_failure = OnFailure::stop;
      part.keep_snapshots_days.reset();
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<std::string> lost_targets(const std::string& text, const Plan& now) {
  std::vector<std::string> lost = target_names(text);
  if (lost.size() < 2) return {};  // the ledger stands where it went
  const std::vector<std::string> there = target_names(now.text);
  std::erase_if(lost, [&](const std::string& name) { return std::ranges::find(there, name) != there.end(); });
  return lost;
}

}  // namespace planrun
