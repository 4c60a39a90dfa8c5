#include <iostream>

#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/part.h"
#include "plan/risks.h"
#include "report/sarif.h"
#include "run/source_risks.h"
#include "run/transforms.h"

namespace planrun {

namespace {

Json to_json(const Diagnostics& diagnostics) {
  Json list = Json::array();
  for (const Diagnostic* d : to_tell(diagnostics)) {
    list.push_back({{"code", to_string(d->code)},
                    {"file", diagnostics.file},
                    {"line", d->position.line},
                    {"column", d->position.column},
                    {"severity", d->severity == Severity::error ? "error" : "warning"},
                    {"message", d->message},
                    {"hint", d->hint}});
  }
  return list;
}

// The parts of a plan stand in one target each; what is found in them is of one plan.
std::optional<ResolvedPlan> look_into_sources(const Plan& plan, Console& console, Diagnostics& diagnostics) {
  const Databases databases = open_databases(plan);
  const auto notice = [&](const std::string& text) { console.log.info(text); };
  ResolvedPlan resolved;
  for (const Plan& part : parts_of(plan)) {
    TargetDatabase& target = *databases.targets.at(part.targets.front().name);
    auto found = find_source_risks(part, databases.source_pointers(), target, notice, diagnostics);
    if (!found) return std::nullopt;
    for (auto& table : found->tables) resolved.tables.push_back(std::move(table));
  }
  return resolved;
}

LintedPlan lint(const std::string& file, const CommandOptions& options, Console& console) {
  ReadPlanResult read = read_plan(file, read_options(options));
  Diagnostics& diagnostics = read.diagnostics;
  if (!diagnostics.has_errors()) check_transforms(read.plan, diagnostics);
  std::optional<ResolvedPlan> resolved;
  const bool looks = options.sources && !read.plan.has_examples_only();
  if (looks && !diagnostics.has_errors()) resolved = look_into_sources(read.plan, console, diagnostics);
  if (!diagnostics.has_errors()) {
    find_risks(read.plan, resolved ? &*resolved : nullptr, diagnostics);
    report_unused(read.allowances, resolved.has_value(), diagnostics);
  }
  allow_findings(read.allowances, diagnostics);
  return {read.plan.file, read.plan.text, std::move(diagnostics)};
}

}  // namespace

int lint_command(const CommandOptions& options, Console& console) {
  bool right = true;
  std::vector<LintedPlan> plans;
  for (const auto& file : options.plans) {
    plans.push_back(lint(file, options, console));
    right = right && !plans.back().diagnostics.has_errors();
  }
  if (options.format == "sarif") {
    std::cout << to_sarif(plans, std::filesystem::current_path(), PLANRUN_VERSION).dump(2) << "\n";
  } else if (options.json) {
    Json all = Json::array();
    for (const auto& plan : plans) {
      for (auto& item : to_json(plan.diagnostics)) all.push_back(item);
    }
    std::cout << all.dump(2) << "\n";
  } else {
    for (const auto& plan : plans) {
      const std::string text = to_text(plan.diagnostics);
      const std::string& file = plan.diagnostics.file;
      std::cout << (text.empty() ? file + ": " + console.out.good("nothing wrong") + "\n" : text);
    }
  }
  return right ? 0 : 2;
}

}  // namespace planrun
