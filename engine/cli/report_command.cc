#include <iostream>

#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/databases.h"
#include "plan/part.h"
#include "report/report_html.h"
#include "report/report_json.h"
#include "run/choose_run.h"

namespace planrun {

namespace {

// Of the verifications whose checks are shown as history.
constexpr std::int64_t kShownVerifications = 60;

// What this target's ledger holds of the run; its own part of a run that home's ledger has begun.
LedgerPart read_part(const std::string& plan, const PlanTarget& named, TargetDatabase& target, Ledger& ledger,
                     const std::string& run) {
  LedgerPart part;
  part.target = named.name;
  part.shown_url = target.shown_url();
  part.runs = ledger.runs(plan);
  for (const RunRecord& record : part.runs) {
    part.check_runs[record.id] = ledger.checks(record.id);
    if (record.id == run) part.run = record;
  }
  const auto watch = target.open_watch_ledger(false);
  for (const VerificationRecord& record : watch->verifications(plan, kShownVerifications))
    part.check_runs["verification " + std::to_string(record.id)] = watch->checks(record.id);
  part.steps = ledger.steps(run);
  part.chunks = ledger.chunks(run);
  part.rejects = ledger.rejects(run, -1);
  part.merged = ledger.kept_out(run, RejectKind::merged, -1);
  return part;
}

}  // namespace

int report_command(const CommandOptions& options, Console& console) {
  if (options.save_to.empty() && !options.json && isatty(STDOUT_FILENO) != 0) {
    throw Error(ErrorCode::usage, "a page is nothing for a terminal",
                "planrun report PLAN -o report.html writes it to a file; --format json shows the same data");
  }
  const Plan plan = read_right_plan(options.plans.front(), options, console);
  std::vector<LedgerPart> parts;
  std::string run = options.run;
  ReportOptions shown{options.show_values, now_micros()};
  for (const PlanTarget& named : plan.targets) {
    const auto target = open_target(named);
    try {
      const auto ledger = target->open_ledger(false);
      if (parts.empty()) run = choose_run(plan, run, *ledger, *target).id;
      parts.push_back(read_part(plan.name, named, *target, *ledger, run));
    } catch (const Error& error) {
      if (parts.empty() || error.code() != ErrorCode::unreachable) throw;
      shown.lost.push_back({named.name, target->shown_url(), "", error.what()});
    }
  }
  for (const std::string& name : lost_targets(parts.front().run.plan_text, plan))
    shown.lost.push_back({name, "", ""});
  const RunReport report = make_report(parts, shown);
  // A name in a database may be any bytes.
  const std::string text =
      options.json ? report_json(report).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                   : report_html(report);
  if (options.save_to.empty()) {
    std::cout << text << std::flush;
    if (!std::cout) throw Error(ErrorCode::system, "cannot write to stdout", "-o writes to a file");
    return 0;
  }
  replace_file(options.save_to, text);
  console.log.info(options.save_to + ": run " + run + ", " + report.headline);
  return 0;
}

}  // namespace planrun
