// How fast rows may go: the rate that a run keeps to, and whether it is held.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

#include "plan/rate.h"

namespace planrun {

/// Shared by all who load. A run that is held ends the chunks under way and begins nothing, so that no
/// transaction of it stays open in the target meanwhile. Any thread.
class Pace {
 public:
  /// `stop` outlives this; once it is set, nothing waits.
  explicit Pace(const std::atomic<bool>& stop, Rate rate = {});

  /// Returns once so many more source rows and bytes may have been read and written.
  void spend(std::int64_t rows, std::int64_t bytes);
  /// After how many rows spend() should be called again.
  std::int64_t rows_between() const { return rows_between_; }
  /// Whether a chunk under way should end soon.
  bool wants_end() const { return stop_ || held_; }

  /// Returns once the run is not held.
  void wait();
  /// Holds the run; `reason` is for people. Empty: lets it go on.
  void hold(std::string reason);
  /// Empty: it is not held.
  std::string reason() const;

 private:
  using Clock = std::chrono::steady_clock;
  const std::atomic<bool>& stop_;
  Rate rate_;
  std::int64_t rows_between_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> held_{false};
  std::string reason_;
  Clock::time_point free_at_;  // when what was spent so far is used up
};

}  // namespace planrun
