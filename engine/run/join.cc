#include "run/join.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "plan/part.h"
#include "run/choose_run.h"
#include "run/guards.h"
#include "run/jobs.h"
#include "run/prepare.h"
#include "run/sample.h"
#include "run/settle_plan.h"
#include "run/snapshots.h"
#include "run/throttle.h"
#include "run/transforms.h"
#include "run/worker.h"

namespace planrun {

namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(200);
constexpr auto kPatienceForRun = std::chrono::seconds(60);
// A resume takes the lock again within a moment of the first process's end, or a person does later.
constexpr auto kPatienceWithoutLock = std::chrono::seconds(10);
// Numbers of workers tell processes apart in the ledger.
constexpr int kWorkersOfAProcess = 1000;

using Clock = std::chrono::steady_clock;

Error not_shared(const std::string& message, const std::string& hint = {}) {
  return Error(ErrorCode::refused, message, hint);
}

// A run in one of its targets, seen from another process.
class Joined {
 public:
  Joined(const Plan& plan, const std::map<std::string, SourceDatabase*>& originals, TargetDatabase& target,
         const RunOptions& options, const std::atomic<bool>& wanted_stop, Observer& observer)
      : plan_(plan),
        target_(target),
        options_(options),
        wanted_stop_(wanted_stop),
        ledger_(target.open_ledger(false)),
        guarded_ledger_(*ledger_),
        guarded_observer_(observer),
        snapshots_(plan, originals, {}),
        pace_(stop_, rate_of(plan, options.rate)) {}

  // Of the plan, the last one first.
  std::vector<RunRecord> runs() { return ledger_->runs(plan_.name); }

  const std::string& target() const { return plan_.targets.front().name; }

  // Reads what the run reads. False: nothing of it can be shared in this target.
  bool open(RunRecord record, Diagnostics& wrong) {
    record_ = std::move(record);
    if (sample_of(record_) > 0)
      throw not_shared("run " + record_.id +
                       " is a rehearsal: its rows are few, and its own process loads them");
    refuse_other_targets(record_, plan_);
    snapshots_.share(snapshots_from_json(record_.snapshots));
    prepared_ = prepare(plan_, snapshots_.databases(), target_, wrong);
    if (fingerprint(prepared_.plan) != record_.fingerprint)
      throw not_shared("this plan is not the one that run " + record_.id + " is at work with",
                       "planrun diff PLAN run:" + record_.id + " says what differs");
    SettlePlanOptions settle;
    settle.run = record_.id;
    settlements_ = settle_plan(prepared_.plan, snapshots_.databases(), target_, settle, wanted_stop_);
    refuse_unsettled(settlements_);
    graph_ = build_graph(prepared_.plan, target_.dialect(), prepared_.sizes);
    schedule_ = std::make_unique<Schedule>(graph_, 1);
    // NOLINTNEXTLINE(modernize-make-unique): an aggregate, which make_unique cannot make with clang 14
    context_.reset(new RunContext{record_.id,
                                  prepared_.plan,
                                  graph_,
                                  snapshots_.databases(),
                                  settlements_,
                                  target_,
                                  *schedule_,
                                  guarded_ledger_,
                                  guarded_observer_,
                                  stop_,
                                  pace_,
                                  {},
                                  options_.rows_per_chunk,
                                  options_.retry_seconds,
                                  {},
                                  {},
                                  {},
                                  watched_guards(prepared_.plan, target_.dialect().name())});
    return choose_loads();
  }

  JoinVerdict work(JoinSummary& summary) {
    const auto notice = [this](const std::string& text) {
      guarded_observer_.with([&](Observer& o) { o.notice(text); });
    };
    const int jobs = choose_jobs(options_.jobs, target_, notice);
    const int first = first_worker();
    ThrottleInputs inputs;
    inputs.run = record_.id;
    inputs.throttle = plan_.throttle ? &*plan_.throttle : nullptr;
    inputs.paused = options_.paused;
    inputs.look_at_once = true;
    inputs.notice = notice;
    const Throttle throttle(target_, pace_, std::move(inputs));
    std::vector<std::thread> threads;
    for (int i = 0; i < jobs; ++i) threads.emplace_back([this, number = first + i] { load(number); });
    JoinVerdict verdict = JoinVerdict::interrupted;
    try {
      verdict = watch();
    } catch (const Error& error) {
      fail(error);
    }
    stop_ = true;
    for (auto& thread : threads) thread.join();
    if (error_ && error_->retryable())
      throw Error(ErrorCode::interrupted, error_->what(),
                  "the run goes on without this process; it may join again");
    if (error_) throw Error(*error_);
    summary.chunks += chunks_;
    for (const auto& [name, state] : context_->loads) {
      summary.rows += state.rows;
      summary.bytes += state.bytes;
    }
    return verdict;
  }

 private:
  // What several processes may load at once, each at its own place.
  bool choose_loads() {
    for (const auto& table : prepared_.plan.tables) {
      const bool is_guarded =
          std::any_of(context_->guards.begin(), context_->guards.end(),
                      [&](const WatchedGuard& guard) { return guard.watches(table.schema.name); });
      for (const auto& load : table.loads) {
        if (is_guarded || load.may_meet_rows || context_->load_target(load.name).is_applied()) continue;
        loads_.push_back(load.name);
        context_->loads[load.name];
      }
    }
    for (const auto& chunk : ledger_->chunks(record_.id)) {
      if (chunk.done && context_->loads.contains(chunk.chunk.load))
        context_->loads[chunk.chunk.load].rejected += chunk.result.balance.rows_rejected;
    }
    return !loads_.empty();
  }

  int first_worker() {
    int last = 0;
    for (const auto& chunk : ledger_->chunks(record_.id)) last = std::max(last, chunk.worker);
    return ledger_->take_number(record_.id, last / kWorkersOfAProcess + 1) * kWorkersOfAProcess + 1;
  }

  void load(int number) {
    try {
      Worker worker(*context_, number);
      while (!stop_) {
        pace_.wait();
        if (stop_) return;
        if (worker.load_one_more(loads_, {record_.fingerprint, record_.snapshots})) {
          ++chunks_;
        } else {
          std::this_thread::sleep_for(kBetweenLooks);
        }
      }
    } catch (const Error& error) {
      fail(error);
    } catch (const std::exception& error) {
      fail(Error(ErrorCode::system, error.what()));
    }
  }

  // The first one is told.
  void fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    stop_ = true;
  }

  JoinVerdict watch() {
    Clock::time_point locked = Clock::now();
    for (;;) {
      std::this_thread::sleep_for(kBetweenLooks);
      if (stop_ || wanted_stop_) return JoinVerdict::interrupted;
      RunState state = RunState::rolled_back;
      std::string under;
      std::string snapshots;
      guarded_ledger_.with([&](Ledger& ledger) {
        for (const auto& run : ledger.runs(plan_.name)) {
          if (run.id != record_.id) continue;
          state = run.state;
          under = run.fingerprint;
          snapshots = run.snapshots;
        }
        if (ledger.is_locked(plan_.name)) locked = Clock::now();
      });
      if (state == RunState::interrupted) return JoinVerdict::interrupted;
      if (state != RunState::running && state != RunState::passed && state != RunState::unproved)
        return JoinVerdict::ended;
      if (state == RunState::running && snapshots != record_.snapshots) return JoinVerdict::interrupted;
      if (under != record_.fingerprint)
        throw not_shared("run " + record_.id + " goes on under another plan now");
      if (state != RunState::running || all_loaded()) return JoinVerdict::done;
      if (Clock::now() - locked > kPatienceWithoutLock) return JoinVerdict::left_alone;
    }
  }

  bool all_loaded() {
    return guarded_ledger_.with([&](Ledger& ledger) {
      const auto steps = ledger.steps(record_.id);
      return std::all_of(steps.begin(), steps.end(), [](const StepRecord& step) {
        return step.kind != "load" || step.state == StepState::done;
      });
    });
  }

  const Plan& plan_;
  TargetDatabase& target_;
  const RunOptions& options_;
  const std::atomic<bool>& wanted_stop_;
  std::unique_ptr<Ledger> ledger_;
  Guarded<Ledger> guarded_ledger_;
  Guarded<Observer> guarded_observer_;
  Snapshots snapshots_;
  std::atomic<bool> stop_{false};
  Pace pace_;
  RunRecord record_;
  Prepared prepared_;
  Settlements settlements_;
  Graph graph_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<RunContext> context_;
  std::vector<std::string> loads_;
  std::atomic<std::int64_t> chunks_{0};
  std::mutex mutex_;
  std::optional<Error> error_;
};

using SharedTargets = std::vector<std::unique_ptr<Joined>>;

// A run does its home last.
std::vector<Plan> in_order_of_work(std::vector<Plan> parts) {
  std::rotate(parts.begin(), parts.begin() + 1, parts.end());
  return parts;
}

// The id of the run, which is at work in one of the targets; waits for it where it is "latest".
std::string find_at_work(const SharedTargets& shared, const std::string& plan, const std::string& id,
                         const std::atomic<bool>& stop) {
  const Clock::time_point end = Clock::now() + kPatienceForRun;
  for (;;) {
    std::optional<RunState> state;
    for (const auto& joined : shared) {
      const auto runs = joined->runs();
      const auto run = id == "latest" ? runs.begin() : std::ranges::find(runs, id, &RunRecord::id);
      if (run == runs.end()) continue;
      if (run->state == RunState::running) return run->id;
      state = run->state;
    }
    if (id != "latest" && state)
      throw not_shared("run " + id + " is " + std::string(to_string(*state)) + ", not at work");
    if (id != "latest")
      throw Error(ErrorCode::usage, "plan " + plan + " has no run " + id + " in its targets",
                  "planrun status lists runs");
    if (stop || Clock::now() > end) throw not_shared("no run of plan " + plan + " is at work");
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

// A run of several targets begins in one after the other.
RunRecord find_in(Joined& joined, const std::string& id, const std::atomic<bool>& stop) {
  const Clock::time_point end = Clock::now() + kPatienceForRun;
  for (;;) {
    auto runs = joined.runs();
    const auto run = std::ranges::find(runs, id, &RunRecord::id);
    if (run != runs.end()) return std::move(*run);
    if (stop || Clock::now() > end) throw not_shared("run " + id + " has not begun in all of its targets");
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

std::string_view to_string(JoinVerdict verdict) {
  switch (verdict) {
    case JoinVerdict::done:
      return "done";
    case JoinVerdict::interrupted:
      return "interrupted";
    case JoinVerdict::ended:
      return "ended";
    case JoinVerdict::left_alone:
      return "left_alone";
  }
  throw Error(ErrorCode::system, "a verdict outside its enumeration");
}

}  // namespace

JoinSummary join_run(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                     const Targets& targets, const RunOptions& options, const std::string& id,
                     const std::atomic<bool>& stop, Observer& observer, Diagnostics& wrong) {
  const Clock::time_point start = Clock::now();
  const std::vector<Plan> parts = in_order_of_work(parts_of(plan));
  SharedTargets shared;
  for (const Plan& part : parts) {
    TargetDatabase& target = *targets.at(part.targets.front().name);
    if (target.dialect().writer_limit() == 0)
      shared.push_back(std::make_unique<Joined>(part, sources, target, options, stop, observer));
  }
  if (shared.empty()) {
    const std::string& home = plan.targets.front().name;
    throw not_shared("target " + home + " (" + targets.at(home)->shown_url() +
                     ") is written by one connection: no other process can take part");
  }
  JoinSummary summary;
  summary.plan = plan.name;
  summary.run = find_at_work(shared, plan.name, id, stop);
  bool is_shared = false;
  for (std::size_t i = 0; i < shared.size() && summary.verdict == JoinVerdict::done; ++i) {
    RunRecord record = find_in(*shared[i], summary.run, stop);
    const bool is_over = record.state == RunState::passed;
    if (!is_over && !shared[i]->open(std::move(record), wrong)) continue;
    is_shared = true;
    if (is_over) continue;
    observer.notice("joined run " + summary.run +
                    (parts.size() > 1 ? " in target " + shared[i]->target() : ""));
    summary.verdict = shared[i]->work(summary);
  }
  if (!is_shared) {
    throw not_shared("no load of run " + summary.run +
                     " can be shared: their rows meet other rows, or a guard watches them");
  }
  summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return summary;
}

Json to_json(const JoinSummary& summary) {
  return {{"plan", summary.plan},
          {"run", summary.run},
          {"verdict", std::string(to_string(summary.verdict))},
          {"chunks", summary.chunks},
          {"rows", summary.rows},
          {"bytes", summary.bytes},
          {"seconds", summary.seconds}};
}

std::string to_text(const JoinSummary& summary) {
  std::string text = "run " + summary.run + ": this process has loaded " + counted(summary.chunks, "chunk") +
                     ", " + counted(summary.rows, "row") + ", " + human_bytes(summary.bytes) + " in " +
                     human_seconds(summary.seconds) + "\n";
  switch (summary.verdict) {
    case JoinVerdict::done:
      return text + "all rows are loaded; the run's own process proves them\n";
    case JoinVerdict::interrupted:
      return text + "interrupted: the run goes on without it, and it may join again\n";
    case JoinVerdict::ended:
      return text + "the run has ended before its rows were loaded: planrun status PLAN says how\n";
    case JoinVerdict::left_alone:
      return text + "the run's own process is gone: planrun PLAN goes on with it\n";
  }
  return text;
}

int exit_status(JoinVerdict verdict) {
  switch (verdict) {
    case JoinVerdict::done:
      return 0;
    case JoinVerdict::interrupted:
    case JoinVerdict::left_alone:
      return 4;
    case JoinVerdict::ended:
      return 1;
  }
  return 1;
}

}  // namespace planrun
