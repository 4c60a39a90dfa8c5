#include "run/verification.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "base/host.h"
#include "base/json.h"
#include "base/time.h"
#include "plan/part.h"
#include "run/choose_run.h"
#include "run/part_verification.h"
#include "run/prepare.h"
#include "run/sample.h"

namespace planrun {

namespace {

bool is_bad(const CheckRecord& check) {
  return check.status == "failed" || (check.status == "error" && check.severity == "critical");
}

// Home has chosen the run; another target may have been lost, or set back to before it.
RunRecord run_in(const Plan& part, const std::string& id, Ledger& ledger, const TargetDatabase& target) {
  const auto runs = ledger.runs(part.name);
  const auto run = std::ranges::find(runs, id, &RunRecord::id);
  if (run != runs.end()) return *run;
  throw Error(ErrorCode::refused,
              "target " + part.targets.front().name + " (" + target.shown_url() + ") has nothing of run " +
                  id + " of plan " + part.name,
              "bring back what was there; or planrun rollback " + part.file.string() +
                  " takes the run back in the other targets");
}

void refuse_not_passed(const RunRecord& run, const Plan& plan, const TargetDatabase& target) {
  refuse_other_targets(run, plan);
  refuse_rolling_back(run);
  if (run.state == RunState::passed) return;
  throw Error(ErrorCode::refused,
              "run " + run.id + " of plan " + plan.name + " is " + std::string(to_string(run.state)) +
                  " in " + target.shown_url() + ": only a run that has passed can be verified",
              run.state == RunState::rolled_back ? "planrun " + plan.file.string() + " begins a new one"
                                                 : "planrun " + plan.file.string() + " goes on with it");
}

std::string text_of(const Difference& d) {
  return d.key + (d.column.empty() ? "" : ", column " + d.column) + ": expected " + d.expected + ", found " +
         d.found;
}

// The first things that are wrong, in a line.
std::string why_not_passed(const VerifySummary& s) {
  for (const auto& table : s.tables) {
    if (table.verdict != Compared::different) continue;
    if (!table.fault.empty()) return "table " + table.table + " cannot be read back: " + table.fault;
    const std::string count =
        std::to_string(table.keys_different) + (table.keys_different == 1 ? " key" : " keys");
    return "table " + table.table + ": " + count + " differ" + (table.keys_different == 1 ? "s" : "") +
           (table.differences.empty() ? "" : "; " + text_of(table.differences.front()));
  }
  for (const auto& check : s.checks) {
    if (is_bad(check)) return "check " + check.name + ": " + check.message;
  }
  return "";
}

template <typename Member>
std::int64_t sum(const std::vector<TableVerification>& tables, Member member) {
  std::int64_t total = 0;
  for (const auto& table : tables) total += table.*member;
  return total;
}

class PlanVerification {
 public:
  PlanVerification(const Plan& plan, const Targets& targets, const VerifyInputs& inputs,
                   VerifySummary& summary)
      : plan_(plan),
        targets_(targets),
        inputs_(inputs),
        start_(std::chrono::steady_clock::now()),
        summary_(summary) {}

  void execute() {
    summary_.plan = plan_.name;
    summary_.source = "snapshot";
    summary_.started_at = now_micros();
    try {
      verify();
      conclude();
    } catch (const Error& error) {
      end_with(error);
      throw;
    }
  }

 private:
  void verify() {
    for (Plan& part : parts_of(plan_)) {
      TargetDatabase& target = *targets_.at(part.targets.front().name);
      const bool is_home = summary_.run.empty();
      if (is_home) {
        home_ = &target;
        summary_.target = target.shown_url();
      }
      const auto ledger = target.open_ledger(false);
      if (is_home) summary_.run = choose_run(part, inputs_.options.run, *ledger, target).id;
      const RunRecord run = run_in(part, summary_.run, *ledger, target);
      refuse_not_passed(run, part, target);
      part.sample = summary_.sample = sample_of(run);
      verify_part(part, target, *ledger, run, inputs_, summary_);
    }
  }

  void conclude() {
    const bool good = std::none_of(summary_.checks.begin(), summary_.checks.end(), is_bad) &&
                      std::none_of(summary_.tables.begin(), summary_.tables.end(),
                                   [](const auto& t) { return t.verdict == Compared::different; });
    summary_.verdict = good ? VerificationVerdict::passed : VerificationVerdict::differences;
    summary_.message = why_not_passed(summary_);
    end();
    home_->open_watch_ledger(true)->write_verification(record(), summary_.checks);
  }

  // The error that ended it is the one to tell.
  void end_with(const Error& error) {
    summary_.verdict = error.code() == ErrorCode::interrupted ? VerificationVerdict::interrupted
                                                              : VerificationVerdict::not_done;
    summary_.message = error.what();
    end();
    if (summary_.run.empty()) return;
    try {
      home_->open_watch_ledger(true)->write_verification(record(), {});
    } catch (const Error& second) {
      inputs_.observer.notice(std::string("the verification could not be recorded: ") + second.what());
    }
  }

  void end() {
    summary_.finished_at = now_micros();
    summary_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  VerificationRecord record() const {
    VerificationRecord record;
    record.plan = summary_.plan;
    record.run = summary_.run;
    record.started_at = summary_.started_at;
    record.finished_at = summary_.finished_at;
    record.source = summary_.source;
    record.verdict = summary_.verdict;
    record.rows_read = summary_.rows_found();
    record.differences = summary_.keys_different();
    record.checks_failed = summary_.checks_failed();
    record.message = summary_.message;
    record.summary = to_json(summary_).dump();
    record.host = host_name();
    return record;
  }

  const Plan& plan_;
  const Targets& targets_;
  VerifyInputs inputs_;
  std::chrono::steady_clock::time_point start_;
  TargetDatabase* home_ = nullptr;
  VerifySummary& summary_;
};

}  // namespace

std::string_view to_string(Compared compared) {
  switch (compared) {
    case Compared::equal:
      return "equal";
    case Compared::changed:
      return "changed";
    case Compared::different:
      return "different";
  }
  return "";
}

std::int64_t VerifySummary::rows_expected() const {
  return sum(tables, &TableVerification::rows_expected);
}
std::int64_t VerifySummary::rows_found() const {
  return sum(tables, &TableVerification::rows_found);
}
bool VerifySummary::all_were_read() const {
  return std::ranges::all_of(tables, &TableVerification::was_read);
}
std::int64_t VerifySummary::rows_changed() const {
  return sum(tables, &TableVerification::rows_changed);
}
std::int64_t VerifySummary::keys_different() const {
  return sum(tables, &TableVerification::keys_different);
}
std::int64_t VerifySummary::checks_failed() const {
  return std::count_if(checks.begin(), checks.end(), is_bad);
}

void verify_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                 const Targets& targets, const VerifyOptions& options, const std::atomic<bool>& stop,
                 Observer& observer, Diagnostics& wrong, VerifySummary& summary) {
  PlanVerification(plan, targets, {sources, options, stop, observer, wrong}, summary).execute();
}

Json to_json(const VerifySummary& s) {
  Json tables = Json::array();
  for (const auto& t : s.tables) {
    Json differences = Json::array();
    for (const auto& d : t.differences) {
      differences.push_back(
          {{"key", d.key}, {"column", d.column}, {"expected", d.expected}, {"found", d.found}});
    }
    tables.push_back({{"table", t.table},
                      {"verdict", std::string(to_string(t.verdict))},
                      {"rows_expected", t.rows_expected},
                      {"rows_found", t.was_read() ? Json(t.rows_found) : Json()},
                      {"rows_changed", t.rows_changed},
                      {"keys_different", t.keys_different},
                      {"has_more", t.has_more},
                      {"seconds", t.seconds},
                      {"differences", differences}});
    if (!t.load.empty()) tables.back()["load"] = t.load;
    if (!t.fault.empty()) tables.back()["fault"] = t.fault;
  }
  Json checks = Json::array();
  for (const auto& c : s.checks) {
    checks.push_back({{"check", c.name},
                      {"severity", c.severity},
                      {"status", c.status},
                      {"expected", c.expected},
                      {"found", c.found},
                      {"message", c.message}});
  }
  Json json = {{"plan", s.plan},
               {"run", s.run},
               {"target", s.target},
               {"source", s.source},
               {"verdict", std::string(to_string(s.verdict))},
               {"message", s.message},
               {"started_at", to_iso_utc(s.started_at)},
               {"finished_at", to_iso_utc(s.finished_at)},
               {"seconds", s.seconds},
               {"rows_expected", s.rows_expected()},
               {"rows_found", s.all_were_read() ? Json(s.rows_found()) : Json()},
               {"rows_rejected", s.rows_rejected},
               {"rows_changed", s.rows_changed()},
               {"keys_different", s.keys_different()},
               {"checks_failed", s.checks_failed()},
               {"tables", tables},
               {"checks", checks},
               {"notices", s.notices}};
  if (s.sample > 0) json["sample"] = s.sample;
  return json;
}

}  // namespace planrun
