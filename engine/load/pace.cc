#include "load/pace.h"

#include <algorithm>

namespace planrun {

namespace {

// Often enough that a chunk ends in time; asking the clock costs nothing beside so many rows.
constexpr std::int64_t kMostRowsBetween = 256;
// A limited run is looked after so many times a second at least.
constexpr double kLooksASecond = 20;
// How long a wait lasts before `stop` is looked at again.
constexpr auto kLook = std::chrono::milliseconds(50);

std::int64_t rows_between(const Rate& rate) {
  // A row's size is not known before it is read.
  if (rate.bytes_per_second > 0) return 1;
  if (rate.rows_per_second <= 0) return kMostRowsBetween;
  return std::clamp(static_cast<std::int64_t>(rate.rows_per_second / kLooksASecond), std::int64_t{1},
                    kMostRowsBetween);
}

}  // namespace

Pace::Pace(const std::atomic<bool>& stop, Rate rate)
    : stop_(stop), rate_(rate), rows_between_(planrun::rows_between(rate)), free_at_(Clock::now()) {}

void Pace::spend(std::int64_t rows, std::int64_t bytes) {
  if (!rate_.is_limited()) return;
  double seconds = 0;
  if (rate_.rows_per_second > 0) seconds = static_cast<double>(rows) / rate_.rows_per_second;
  if (rate_.bytes_per_second > 0)
    seconds = std::max(seconds, static_cast<double>(bytes) / rate_.bytes_per_second);
  std::unique_lock lock(mutex_);
  // What was not used while nobody had work is not caught up with.
  free_at_ = std::max(free_at_, Clock::now()) +
             std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  const Clock::time_point mine = free_at_;
  while (!wants_end() && Clock::now() < mine) changed_.wait_until(lock, std::min(mine, Clock::now() + kLook));
}

void Pace::wait() {
  std::unique_lock lock(mutex_);
  while (held_ && !stop_) changed_.wait_for(lock, kLook);
}

void Pace::hold(std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    held_ = !reason.empty();
    reason_ = std::move(reason);
  }
  changed_.notify_all();
}

std::string Pace::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

}  // namespace planrun
