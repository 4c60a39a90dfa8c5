// What holds a run: somebody who asks for it, or a target that has enough to do.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "database/target.h"
#include "load/pace.h"
#include "plan/plan.h"

namespace planrun {

/// Why the target is too busy for the run, with the figures; empty: it is not. Throws Error(target) naming
/// the privilege that is missing, or what a query answers in place of a number.
std::string why_held(const PlanThrottle& throttle, const Dialect& dialect, Target& target);

/// What the command line wants, else what the plan says.
Rate rate_of(const Plan& plan, const Rate& wanted);

struct ThrottleInputs {
  std::string run;
  const PlanThrottle* throttle = nullptr;          // null: the plan has none
  const std::atomic<bool>* paused = nullptr;       // by a signal; null: there is none
  bool look_at_once = false;                       // a run that goes on may have been paused before
  std::function<void(const std::string&)> notice;  // called from the thread of the throttle
};

/// Looks once a second, in a thread of its own, and holds the run or lets it go on. What cannot be asked
/// holds it too: a server without room for one more question has enough to do.
class Throttle {
 public:
  /// All arguments outlive it.
  Throttle(TargetDatabase& target, Pace& pace, ThrottleInputs inputs);
  ~Throttle();
  Throttle(const Throttle&) = delete;
  Throttle& operator=(const Throttle&) = delete;

 private:
  bool looks_at_once() const { return inputs_.look_at_once || inputs_.throttle != nullptr; }
  void look_again_and_again();
  std::string look();
  std::string look_for_pause();
  void tell(const std::string& reason);

  TargetDatabase& target_;
  Pace& pace_;
  ThrottleInputs inputs_;
  std::unique_ptr<PauseLedger> pauses_;
  std::unique_ptr<Target> connection_;
  std::string told_;             // the reason that was told last, without its figures
  std::int64_t held_since_ = 0;  // Unix microseconds; 0: not held
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace planrun
