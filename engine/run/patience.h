// How long what may pass is tried again.
#pragma once

#include <chrono>
#include <optional>

namespace planrun {

class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Patience(std::chrono::seconds limit) : limit_(limit) {}

  /// Whether to try again after a failure that came `now`. It counts from the first failure: the work before
  /// it may have been long, or the process stopped for a while.
  bool lasts(Clock::time_point now = Clock::now()) {
    if (!first_failure_) first_failure_ = now;
    return now - *first_failure_ <= limit_;
  }

 private:
  std::chrono::seconds limit_;
  std::optional<Clock::time_point> first_failure_;
};

}  // namespace planrun
