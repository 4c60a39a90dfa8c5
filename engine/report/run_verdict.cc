#include "report/run_verdict.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "report/hidden_values.h"
#include "run/sample.h"

namespace planrun {

namespace {

std::string text_in(const Json& summary, const char* name) {
  return summary.is_object() ? summary.value(name, std::string()) : std::string();
}

std::int64_t count_proved(const RunReport& report) {
  return std::count_if(report.tables.begin(), report.tables.end(),
                       [](const ReportTable& table) { return table.proof == "proved"; });
}

std::string target_names(const RunReport& report) {
  std::vector<std::string> urls;
  for (const auto& target : report.targets) {
    if (!target.state.empty()) urls.push_back(target.shown_url);
  }
  return join(urls, ", ");
}

bool is_any_sha256(const RunReport& report) {
  return std::any_of(report.tables.begin(), report.tables.end(),
                     [](const ReportTable& table) { return table.found.sha256 != Hash256{}; });
}

std::string balance_sentence(const Balance& b) {
  return counted(b.rows_read, "source row") + " read = " + with_thousands(b.rows_written) + " written + " +
         with_thousands(b.rows_rejected) + " rejected + " + with_thousands(b.rows_dropped) + " dropped + " +
         with_thousands(b.rows_merged) + " merged.";
}

std::string checks_sentence(const RunReport& report) {
  if (report.checks.empty()) return "";
  const auto passed = std::count_if(report.checks.begin(), report.checks.end(),
                                    [](const ReportCheck& check) { return check.record.status == "passed"; });
  return " " + with_thousands(passed) + " of " + counted(std::ssize(report.checks), "check") + " passed.";
}

// From what was read back after the last commit; said of the tables of which the ledger says it.
std::string proof_sentence(const RunReport& report) {
  const std::int64_t proved = count_proved(report);
  if (proved == 0) return "No table was read back.";
  const bool all = proved == std::ssize(report.tables);
  return counted(report.rows_read_back, "row") + " of " +
         (all ? counted(proved, "table")
              : with_thousands(proved) + " of " + counted(std::ssize(report.tables), "table")) +
         " were read back from " + target_names(report) +
         " after the last commit; count and digest (XXH3-128" +
         (is_any_sha256(report) ? " and SHA-256" : "") +
         ") of each are those of the rows that were written. ";
}

std::string committed_sentence(const RunReport& report) {
  if (report.balance.rows_read == 0) return " The ledger counts no row as loaded.";
  return " The ledger counts " + with_thousands(report.balance.rows_written) + " of " +
         counted(report.balance.rows_read, "source row") +
         " as written by committed chunks; they were not proved.";
}

std::string before_it_was_taken_back(const Json& summary) {
  const std::string verdict = text_in(summary, "verdict");
  const std::string proved_at = text_in(summary, "proved_at");
  if (verdict.empty()) return " Before, it had not come to an end.";
  return " Before, it was: " + verdict + (proved_at.empty() ? "" : ", proved at " + proved_at) + ".";
}

void tell_good(RunReport& report, const Json& summary) {
  const bool rejected = report.balance.rows_rejected > 0;
  report.verdict = rejected ? "passed_with_rejects" : "passed";
  report.headline = "Passed and proved";
  if (rejected) report.headline += ", " + counted(report.balance.rows_rejected, "row") + " rejected";
  report.proved_at = text_in(summary, "proved_at");
  report.statement = proof_sentence(report) + balance_sentence(report.balance) + checks_sentence(report);
}

void tell_other(RunReport& report, const Json& summary) {
  const RunRecord& run = report.run;
  report.verdict = to_string(run.state);
  switch (run.state) {
    case RunState::passed:
      break;
    case RunState::unproved:
      report.headline = "Not proved";
      report.statement = "All rows were handled, but not all that the plan says holds in the target. " +
                         proof_sentence(report) + balance_sentence(report.balance) + checks_sentence(report);
      break;
    case RunState::failed:
      report.headline = "Failed";
      report.statement = "Nothing is proved." + committed_sentence(report);
      break;
    case RunState::interrupted:
      report.headline = "Interrupted, it can go on";
      report.statement = "Nothing is proved." + committed_sentence(report);
      break;
    case RunState::running:
      report.headline = "Not ended";
      report.statement =
          "The ledger says that it began and not that it ended: it is at work, or was killed. "
          "Nothing is proved." +
          committed_sentence(report);
      break;
    case RunState::rolling_back:
      report.headline = "Being taken back";
      report.statement = "A rollback has begun and not ended; planrun rollback goes on with it." +
                         before_it_was_taken_back(summary);
      break;
    case RunState::rolled_back:
      report.headline = "Taken back";
      report.statement = "What it made is gone from the target, as the target's catalog said at " +
                         to_iso_utc(run.finished_at) + "." + before_it_was_taken_back(summary);
      break;
  }
}

// Home's ledger says what no other target bears out: a target was lost, set back or taken back by itself.
void tell_out_of_step(RunReport& report, const std::vector<std::string>& targets) {
  const bool is_back = report.run.state == RunState::rolled_back;
  report.verdict = to_string(is_back ? RunState::rolling_back : RunState::unproved);
  report.headline = is_back ? "Taken back in part" : "Not proved in all of its targets";
  report.statement = "Its first target has it as " + std::string(to_string(report.run.state)) + ", but " +
                     join(targets, ", and ") + ".";
  report.proved_at.clear();
  report.message = report.hint = "";
  if (is_back) report.hint = "planrun rollback takes back the rest";
}

}  // namespace

void add_verdict(RunReport& report, const Json& summary) {
  if (report.run.state == RunState::passed) {
    tell_good(report, summary);
  } else {
    tell_other(report, summary);
  }
  const auto targets = out_of_step(report.run.state, report.targets);
  if (!targets.empty()) return tell_out_of_step(report, targets);
  if (report.sample > 0) report.headline += " (" + sample_text(report.sample) + ")";
  const bool tells_why = report.run.state == RunState::failed || report.run.state == RunState::unproved ||
                         report.run.state == RunState::interrupted ||
                         report.run.state == RunState::rolled_back;
  if (!tells_why) return;
  report.message = text_in(summary, "message");
  report.hint = report.run.state == RunState::rolled_back ? "" : text_in(summary, "hint");
  if (!report.shows_values) report.message = without_values(report.message);
}

}  // namespace planrun
