#include <iostream>

#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/rollback_text.h"

namespace planrun {

namespace {

bool ask(const std::string& question) {
  std::cerr << question << "\n[y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

int rollback_command(const CommandOptions& options, Console& console) {
  if (!options.yes && (isatty(STDIN_FILENO) == 0 || !console.err_is_terminal)) {
    throw Error(ErrorCode::usage,
                "rollback asks before it drops anything, and there is no terminal to ask on",
                "--yes answers the question");
  }
  const Plan plan = read_plan_of_run(options.plans.front(), options, console);
  const Databases databases = open_databases(plan);
  RollbackOptions rollback;
  rollback.run = options.run;
  rollback.discard_later = options.discard_later;
  rollback.confirm = [&](const std::string& question) { return options.yes || ask(question); };
  rollback.notice = [&](const std::string& text) { console.log.warning(text); };
  const RollbackSummary summary =
      rollback_plan(plan, databases.source_pointers(), databases.target_pointers(), rollback, stop_flag());
  std::cout << (options.json ? to_json(summary).dump(2) + "\n" : rollback_text(summary, console.out));
  return summary.verdict == RollbackVerdict::declined ? 1 : 0;
}

}  // namespace planrun
