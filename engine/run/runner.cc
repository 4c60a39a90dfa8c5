#include "run/runner.h"

#include <algorithm>

#include "base/error.h"
#include "plan/part.h"
#include "run/summary.h"
#include "run/target_run.h"

namespace planrun {

namespace {

bool is_good(Verdict verdict) {
  return verdict == Verdict::passed || verdict == Verdict::passed_with_rejects ||
         verdict == Verdict::already_done;
}

// How home ends where another target did.
Error error_of(const RunSummary& summary) {
  const ErrorCode code = summary.verdict == Verdict::interrupted ? ErrorCode::interrupted
                         : summary.verdict == Verdict::unproved  ? ErrorCode::unproved
                                                                 : ErrorCode::target;
  return Error(code, summary.message, summary.hint);
}

class PlanRun {
 public:
  PlanRun(const Plan& plan, const Targets& targets, const RunInputs& inputs)
      : plan_(plan), inputs_(inputs), parts_(parts_of(plan)) {
    for (const Plan& part : parts_) {
      const TargetRun* home = runs_.empty() ? nullptr : runs_.front().get();
      runs_.push_back(make_target_run(part, *targets.at(part.targets.front().name), inputs_, home));
    }
  }

  RunSummary execute() {
    if (begin()) {
      do_all();
      if (plan_.on_failure == OnFailure::rollback) take_back_where_failed();
    }
    inputs_.observer.run_ended(home().summary());
    return home().summary();
  }

 private:
  TargetRun& home() { return *runs_.front(); }

  // False when the run has passed before. Nothing new is in a target yet but the ledger's own tables: what is
  // lost here is begun again.
  bool begin() {
    try {
      for (auto& run : runs_) run->look_into_ledger();
      if (std::all_of(runs_.begin(), runs_.end(), [](const auto& run) { return run->has_passed(); })) {
        for (auto& run : runs_) {
          run->say_already_done();
          if (run != runs_.front()) append(home().summary(), run->summary());
        }
        return false;
      }
      for (auto& run : runs_) run->look();
      home().open();
    } catch (const Error& error) {
      if (!error.retryable() || error.code() == ErrorCode::unreachable) throw;
      throw Error(ErrorCode::interrupted, error.what(), "run the same command again");
    }
    return true;
  }

  void do_all() {
    std::vector<RunSummary> others;
    try {
      for (std::size_t i = 1; i < runs_.size(); ++i) runs_[i]->open();
    } catch (const Error& error) {
      return home().end_with(error);
    }
    all_open_ = true;
    for (std::size_t i = 1; i < runs_.size(); ++i) {
      runs_[i]->execute({});
      others.push_back(runs_[i]->summary());
      if (is_good(others.back().verdict)) continue;
      home().end_with(error_of(others.back()).within("target " + parts_[i].targets.front().name));
      for (const auto& other : others) append(home().summary(), other);
      return;
    }
    home().execute(others);
  }

  void take_back_where_failed() {
    RunSummary& summary = home().summary();
    if (!all_open_) return;  // what another target has of the run could not be taken back
    if (summary.verdict != Verdict::failed && summary.verdict != Verdict::unproved) return;
    RollbackOptions options;
    options.notice = [this](const std::string& text) { inputs_.observer.notice(text); };
    std::vector<RunInTarget> targets;
    for (auto& run : runs_) targets.push_back(run->to_take_back());
    try {
      take_back(targets, options, inputs_.stop);
      summary.rolled_back = true;
      summary.message += "; the run was rolled back, as on_failure says: nothing of it is in the target";
      summary.hint = "mend the cause; then the same command begins a new run";
    } catch (const Error& error) {
      summary.message += std::string("; and it could not be rolled back: ") + error.what();
      summary.hint = error.hint();
    }
  }

  const Plan& plan_;
  RunInputs inputs_;
  std::vector<Plan> parts_;
  std::vector<std::unique_ptr<TargetRun>> runs_;  // home first
  bool all_open_ = false;
};

}  // namespace

RunSummary run_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                    const Targets& targets, const RunOptions& options, const std::atomic<bool>& stop,
                    Observer& observer, Diagnostics& wrong) {
  return PlanRun(plan, targets, {sources, options, stop, observer, wrong}).execute();
}

}  // namespace planrun
