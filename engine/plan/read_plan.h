// A plan file -> Plan and everything that is wrong with it, without a database.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/file.h"
#include "plan/allowance.h"
#include "plan/plan.h"

namespace planrun {

struct ReadPlanOptions {
  /// Of the environment; a test gives its own.
  std::function<std::optional<std::string>(const std::string&)> variable;
  std::map<std::string, std::string> source_urls;  // --source NAME=URL; relative to the current folder
  std::map<std::string, std::string> target_urls;  // --target NAME=URL
  /// For the plan's own shared checks and Lua files.
  ReadFile read_file = read_whole_file;
  /// False: nobody will connect. A url with a variable that is not set stays empty, and is not wrong.
  bool connects = true;
  std::filesystem::path share;  // what was installed with the program; its checks/ is looked into last
};

struct ReadPlanResult {
  Plan plan;                          // as far as it could be read
  Diagnostics diagnostics;            // not to be run with errors in it
  std::vector<Allowance> allowances;  // applied already to what reading has found
};

/// Throws Error(plan) only where there is no text to speak of: no such file, a folder, not readable.
ReadPlanResult read_plan(const std::filesystem::path& file, const ReadPlanOptions& options);
/// Only which plan it is and where it writes, [plan] and [target.NAME]: what a command needs that goes by the
/// ledger. What is wrong elsewhere is not looked at.
ReadPlanResult read_plan_place(const std::filesystem::path& file, const ReadPlanOptions& options);
/// The same as read_plan() for a text; `file` gives messages and relative paths.
ReadPlanResult read_plan_text(const std::string& text, const std::filesystem::path& file,
                              const ReadPlanOptions& options);

}  // namespace planrun
