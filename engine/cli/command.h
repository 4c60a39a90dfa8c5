// What every command starts from: the plan, read and found right, and how to talk.
#pragma once

#include <atomic>

#include "base/log.h"
#include "cli/options.h"
#include "plan/read_plan.h"
#include "report/paint.h"

namespace planrun {

/// stdout and stderr of this process.
struct Console {
  Log& log;
  Paint out;  // for stdout
  bool err_color = false;
  bool err_is_terminal = false;
};

/// Reads the plan and prints what is wrong with it. Throws Error(plan) where there are errors.
Plan read_right_plan(const std::string& file, const CommandOptions& options, Console& console);
/// The same for a command that goes by the ledger: a plan under work can be taken back. Errors elsewhere than
/// in [plan] and [target.NAME] are printed, and the plan is those sections alone then.
Plan read_plan_of_run(const std::string& file, const CommandOptions& options, Console& console);
/// Options for reading it, from this process's environment. A file is read once: what was checked is what
/// runs.
ReadPlanOptions read_options(const CommandOptions& options);

/// Set by the first SIGINT or SIGTERM. The second one ends the process at once: whatever is under way is
/// rolled back.
const std::atomic<bool>& stop_flag();

/// What is no run has nothing to pause: SIGUSR1 and SIGUSR2 do nothing until pause_flag() is called.
void ignore_pause_signals();
/// Set by SIGUSR1, cleared by SIGUSR2, from the first call on.
const std::atomic<bool>& pause_flag();

int run_command(const CommandOptions& options, Console& console);
int preview_command(const CommandOptions& options, Console& console);
int lint_command(const CommandOptions& options, Console& console);
int graph_command(const CommandOptions& options, Console& console);
int status_command(const CommandOptions& options, Console& console);
int pause_command(const CommandOptions& options, Console& console);
int continue_command(const CommandOptions& options, Console& console);
int rollback_command(const CommandOptions& options, Console& console);
int rejects_command(const CommandOptions& options, Console& console);
int evidence_command(const CommandOptions& options, Console& console);
int backups_command(const CommandOptions& options, Console& console);
int census_command(const CommandOptions& options, Console& console);
int init_command(const CommandOptions& options, Console& console);
int diff_command(const CommandOptions& options, Console& console);
int report_command(const CommandOptions& options, Console& console);
int schema_command(const CommandOptions& options, Console& console);
int units_command(const CommandOptions& options, Console& console);
int verify_command(const CommandOptions& options, Console& console);
int test_command(const CommandOptions& options, Console& console);

}  // namespace planrun
