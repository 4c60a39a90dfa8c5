#include <filesystem>
#include <iostream>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/database_url.h"
#include "report/evidence_text.h"
#include "run/evidence.h"

namespace planrun {

namespace {

std::string read_text(const std::string& name) {
  if (auto text = read_whole_file(name)) return *text;
  throw Error(ErrorCode::usage, "cannot read the evidence " + name,
              "planrun evidence PLAN -o FILE makes one");
}

DatabaseUrl url_of(const std::string& name, const std::string& text) {
  std::string reason;
  if (auto url = parse_database_url(text, std::filesystem::current_path(), reason)) return *url;
  throw Error(ErrorCode::usage, "--target " + name + ": " + reason);
}

// Where the document says that the targets are, unless the command line says otherwise.
Databases open_targets(const Json& document, const CommandOptions& options) {
  Databases databases;
  std::vector<PlanTarget> targets = targets_of_evidence(document);
  for (const auto& [name, url] : options.target_urls) {
    bool is_there = false;
    for (PlanTarget& target : targets) {
      if (target.name != name) continue;
      is_there = true;
      const DatabaseUrl taken = url_of(name, url);
      target.url = taken.url;
      target.shown_url = taken.shown;
    }
    if (!is_there) throw Error(ErrorCode::usage, "--target " + name + ": the evidence has no such target");
  }
  for (const PlanTarget& target : targets) databases.targets[target.name] = open_target(target);
  return databases;
}

int check(const CommandOptions& options, Console& console) {
  const Json document = read_evidence(read_text(options.check_file), options.check_file);
  const Databases databases = open_targets(document, options);
  const EvidenceCheck result = check_evidence(document, databases.target_pointers(), stop_flag());
  std::cout << (options.json ? to_json(result).dump(2) + "\n" : evidence_text(result, console.out));
  return result.holds() ? 0 : 3;
}

int make(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  const Json document =
      make_evidence(plan, databases.target_pointers(), {options.run, PLANRUN_VERSION}, stop_flag());
  const std::string text = document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (options.save_to.empty()) {
    std::cout << text;
  } else {
    replace_file(options.save_to, text);
    console.log.info(options.save_to + ": evidence of run " + document.at("run").at("id").get<std::string>() +
                     ", digest " + document.at("digest").get<std::string>());
  }
  return 0;
}

}  // namespace

int evidence_command(const CommandOptions& options, Console& console) {
  if (options.check_file.empty() == options.plans.empty()) {
    throw Error(ErrorCode::usage, "evidence is of a plan, or --check FILE",
                "planrun evidence PLAN -o FILE, then planrun evidence --check FILE");
  }
  return options.check_file.empty() ? make(options, console) : check(options, console);
}

}  // namespace planrun
