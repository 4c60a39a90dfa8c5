#include <iostream>
#include <set>

#include "base/error.h"
#include "base/host.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "report/units_text.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

// The ledger of a SQLite target, the metrics and the mails.
std::vector<fs::path> written_folders(const Plan& plan, const fs::path& metrics) {
  std::set<fs::path> folders;
  for (const auto& target : plan.targets) {
    if (target.url.starts_with(kSqliteUrl))
      folders.insert(fs::path(target.url.substr(kSqliteUrl.size())).parent_path());
  }
  if (!metrics.empty()) folders.insert(metrics.parent_path());
  for (const auto& alert : plan.alerts) {
    if (!alert.mail.empty()) folders.insert(alert.mail.parent_path());
  }
  return {folders.begin(), folders.end()};
}

}  // namespace

int units_command(const CommandOptions& options, Console& console) {
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  const auto rhythm = rhythm_from(options.every);
  if (!rhythm) {
    throw Error(ErrorCode::usage, "--every " + options.every + " cannot be told to systemd and cron",
                "minutes that divide an hour, hours that divide a day, or 1d: 15m, 1h, 6h");
  }
  UnitsOptions units;
  units.plan = plan.name;
  units.user = user_name();
  units.program = fs::read_symlink("/proc/self/exe");
  units.plan_file = plan.file;
  if (!options.metrics.empty()) units.metrics = fs::absolute(options.metrics).lexically_normal();
  units.writable = written_folders(plan, units.metrics);
  units.rhythm = *rhythm;
  if (options.format != "cron") std::cout << systemd_text(units);
  if (options.format == "text") std::cout << "\n";
  if (options.format != "systemd") std::cout << cron_text(units);
  return 0;
}

}  // namespace planrun
