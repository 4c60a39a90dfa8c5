// The workers of a run.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "run/context.h"

namespace planrun {

/// Threads that go through the schedule, and one that tells of the progress. The first Error stops them all.
class Crew {
 public:
  /// `wanted_stop`: somebody asks the run to stop; `stop`: it is stopping, which the workers look at.
  Crew(RunContext& context, const std::atomic<bool>& wanted_stop, std::atomic<bool>& stop)
      : context_(context), wanted_stop_(wanted_stop), stop_(stop) {}

  /// Returns when the schedule is done or stopped; calls `tick` a few times a second. Throws the first Error.
  void work(int jobs, const std::function<void()>& tick);

 private:
  void work_one(int number);
  void fail(const Error& error);
  void watch_over(const std::function<void()>& tick);

  RunContext& context_;
  const std::atomic<bool>& wanted_stop_;
  std::atomic<bool>& stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Error> error_;
  bool done_ = false;
};

}  // namespace planrun
