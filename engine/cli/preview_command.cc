#include <algorithm>
#include <iostream>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/check_file.h"
#include "plan/part.h"
#include "report/preview_text.h"
#include "run/jobs.h"
#include "run/preview.h"
#include "run/reviewed.h"

namespace planrun {

namespace {

// What no target's part has is told with home alone.
void share(std::vector<Preview>& previews, std::vector<std::string> Preview::*list) {
  std::vector<std::string> all = previews.front().*list;
  for (Preview& preview : previews) {
    const auto others = std::exchange(preview.*list, {});
    std::erase_if(all, [&](const std::string& name) {
      return std::find(others.begin(), others.end(), name) == others.end();
    });
  }
  previews.front().*list = std::move(all);
}

// What all targets share is told once, with home; a table that one target's loads read is not left behind.
void share(std::vector<Preview>& previews) {
  share(previews, &Preview::unread_tables);
  share(previews, &Preview::missing_parts);
  for (Preview& preview : previews) {
    if (&preview != &previews.front()) preview.sources.clear();
  }
}

// A plan with several targets has a preview a target.
Json to_json(const Plan& plan, const std::vector<Preview>& previews) {
  if (previews.size() == 1) return planrun::to_json(previews.front());
  Json targets = Json::object();
  for (std::size_t i = 0; i < previews.size(); ++i)
    targets[plan.targets[i].name] = planrun::to_json(previews[i]);
  return {{"plan", plan.name}, {"targets", targets}};
}

// Why a run would not pass, as far as can be told.
std::vector<std::string> problems_of(const std::vector<Preview>& previews) {
  std::vector<std::string> problems;
  for (const Preview& preview : previews) {
    if (!preview.target_problem.empty()) problems.push_back(preview.target_problem);
    if (!preview.would_pass()) problems.push_back("a run into " + preview.target + " would not pass");
  }
  return problems;
}

std::string to_text(const Plan& plan, const std::vector<Preview>& previews, const Console& console) {
  std::string text;
  for (std::size_t i = 0; i < previews.size(); ++i) {
    if (previews.size() > 1) text += "Target " + plan.targets[i].name + "\n\n";
    text += preview_text(previews[i], console.out);
  }
  return text;
}

void save(const std::string& file, const Plan& plan, const Databases& databases,
          const CommandOptions& options, const std::vector<Preview>& previews, Diagnostics& wrong) {
  Reviewed reviewed = review(plan, databases.source_pointers(), databases.target_pointers(),
                             used_check_files(plan, read_options(options)), wrong);
  reviewed.problems = problems_of(previews);
  Json json = to_json(plan, previews);
  json["reviewed"] = to_json(reviewed);
  seal(json);
  replace_file(file, json.dump(2) + "\n");
}

}  // namespace

int preview_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  PreviewOptions preview_options;
  preview_options.jobs = options.jobs > 0 ? options.jobs : default_jobs();
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    std::vector<Preview> previews;
    for (const Plan& part : parts_of(plan)) {
      previews.push_back(preview_plan(part, databases.source_pointers(),
                                      *databases.targets.at(part.targets.front().name), preview_options,
                                      stop_flag(), wrong));
    }
    share(previews);
    if (!options.save_to.empty()) save(options.save_to, plan, databases, options, previews, wrong);
    std::cout << (options.json ? to_json(plan, previews).dump(2) + "\n" : to_text(plan, previews, console));
    return std::all_of(previews.begin(), previews.end(), [](const Preview& p) { return p.would_pass(); }) ? 0
                                                                                                          : 1;
  } catch (const Error&) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    throw;
  }
}

}  // namespace planrun
