#include <cstdlib>
#include <iostream>
#include <thread>

#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/summary_text.h"
#include "report/terminal.h"
#include "run/runner.h"
#include "run/summary.h"

namespace planrun {

namespace {

constexpr int kMostJobs = 8;

// One worker a core: a load keeps a core here and one at the server busy.
int default_jobs() {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(cores, 1, kMostJobs);
}

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

}  // namespace

int run_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  RunOptions run;
  run.jobs = options.jobs > 0 ? options.jobs : default_jobs();
  run.state_folder = plan.folder.empty() ? state_folder() : plan.folder;
  run.program_version = PLANRUN_VERSION;
  const auto observer = make_terminal(
      console.log, {console.err_is_terminal && !options.quiet, options.quiet, console.err_color});
  Diagnostics wrong;
  wrong.file = plan.file.string();
  try {
    const auto sources = databases.source_pointers();
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
