#include "sqlite/writer_turn.h"

#include <algorithm>

namespace planrun {

bool WriterTurn::take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++last_;
  waiting_.push_back(mine);
  const bool came = changed_.wait_for(lock, patience, [&] { return !taken_ && waiting_.front() == mine; });
  waiting_.erase(std::ranges::find(waiting_, mine));
  if (came) taken_ = true;
  changed_.notify_all();
  return came;
}

void WriterTurn::give_back() {
  const std::lock_guard lock(mutex_);
  taken_ = false;
  changed_.notify_all();
}

}  // namespace planrun
