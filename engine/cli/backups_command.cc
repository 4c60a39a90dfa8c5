#include <iostream>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/backups_text.h"
#include "run/choose_run.h"

namespace planrun {

namespace {

int restore(const std::vector<Backup>& backups, const CommandOptions& options) {
  if (options.run.empty() || options.save_to.empty()) {
    throw Error(ErrorCode::usage, "--restore SOURCE needs --run ID and -o FILE");
  }
  for (const auto& backup : backups) {
    if (backup.run != options.run || backup.source != options.restore) continue;
    restore_backup(backup, options.save_to);
    std::cout << options.save_to << ": the snapshot of " << backup.source << " of run " << backup.run
              << ", SHA-256 " << backup.sha256 << "\n";
    return 0;
  }
  throw Error(ErrorCode::usage,
              "the ledger knows no snapshot of source " + options.restore + " of run " + options.run,
              "planrun backups PLAN lists them");
}

}  // namespace

int backups_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const auto target = open_target(plan.targets.front());
  const auto ledger = target->open_ledger(false);
  if (!options.run.empty())
    choose_run(plan, options.run, *ledger, *target);  // a mistyped one has no snapshots
  std::vector<Backup> backups = list_backups(plan.name, *ledger, options.verify);
  if (!options.restore.empty()) return restore(backups, options);
  if (!options.run.empty()) std::erase_if(backups, [&](const Backup& b) { return b.run != options.run; });
  std::cout << (options.json ? backups_json(plan.name, backups).dump(2) + "\n"
                             : backups_text(plan.name, backups, now_micros()));
  for (const auto& backup : backups) {
    if (backup.state == BackupState::different || (options.verify && backup.state == BackupState::missing))
      return 1;
  }
  return 0;
}

}  // namespace planrun
