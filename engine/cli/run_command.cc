#include <cstdlib>
#include <iostream>

#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/check_file.h"
#include "report/summary_text.h"
#include "report/terminal.h"
#include "run/join.h"
#include "run/reviewed.h"
#include "run/runner.h"
#include "run/summary.h"

namespace planrun {

namespace {

// $XDG_STATE_HOME/planrun, or ~/.local/state/planrun (XDG Base Directory Specification).
std::filesystem::path state_folder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    return std::filesystem::path(state) / "planrun";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == 0) {
    throw Error(ErrorCode::usage, "there is no folder for snapshots: neither HOME nor XDG_STATE_HOME is set",
                "set one of them, or `folder` in [plan]");
  }
  return std::filesystem::path(home) / ".local" / "state" / "planrun";
}

// The preview that was saved is of this plan, and says that a run would pass.
Reviewed read_reviewed(const std::string& file, const Plan& plan) {
  const auto text = read_whole_file(file);
  if (!text) throw Error(ErrorCode::usage, "cannot read the preview " + file);
  try {
    const Json json = Json::parse(*text);
    Reviewed reviewed = reviewed_from(json);
    if (reviewed.plan != plan.name)
      throw Error(ErrorCode::usage, "it is a preview of plan " + reviewed.plan + ", not of " + plan.name);
    if (!reviewed.problems.empty())
      throw Error(ErrorCode::refused, "it says that a run would not pass: " + reviewed.problems.front(),
                  "mend the cause, and save a new preview: --dry-run -o " + file);
    return reviewed;
  } catch (const Json::exception&) {
    throw Error(ErrorCode::usage, "preview " + file + ": it is no preview, or not all of one",
                "planrun PLAN --dry-run -o FILE saves one");
  } catch (const Error& error) {
    throw error.within("preview " + file);
  }
}

// Refuses a run of anything else than what was reviewed; nothing is written yet. The fingerprints that may
// run.
std::map<std::string, std::string> expect(const std::string& file, const Plan& plan,
                                          const Databases& databases, const CommandOptions& options,
                                          Diagnostics& wrong) {
  const Reviewed then = read_reviewed(file, plan);
  const Reviewed now = review(plan, databases.source_pointers(), databases.target_pointers(),
                              used_check_files(plan, read_options(options)), wrong);
  const auto found = differences(then, now);
  if (found.empty()) return fingerprints_of(now);
  std::string message = "this is not what was reviewed in " + file + ":";
  for (const auto& line : found) message += "\n  " + line;
  throw Error(ErrorCode::refused, message, "review it again: --dry-run -o " + file);
}

}  // namespace

int run_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  RunOptions run;
  run.jobs = options.jobs;
  run.state_folder = plan.folder.empty() ? state_folder() : plan.folder;
  run.program_version = PLANRUN_VERSION;
  run.rate = options.rate;
  run.paused = &pause_flag();
  const auto observer = make_terminal(
      console.log, {console.err_is_terminal && !options.quiet, options.quiet, console.err_color});
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    if (!options.expect.empty()) run.reviewed = expect(options.expect, plan, databases, options, wrong);
    const auto sources = databases.source_pointers();
    if (!options.join.empty()) {
      const JoinSummary joined = join_run(plan, sources, databases.target_pointers(), run, options.join,
                                          stop_flag(), *observer, wrong);
      std::cout << (options.json ? to_json(joined).dump(2) + "\n" : to_text(joined));
      return exit_status(joined.verdict);
    }
    const RunSummary summary =
        run_plan(plan, sources, databases.target_pointers(), run, stop_flag(), *observer, wrong);
    if (options.json) {
      std::cout << to_json(summary).dump(2) << "\n";
    } else {
      std::cout << summary_text(summary, console.out);
    }
    return exit_status(summary.verdict);
  } catch (const Error&) {
    if (!wrong.list.empty()) std::cerr << to_text(wrong);
    throw;
  }
}

}  // namespace planrun
