// Who may write next. SQLite has one writer and no queue: a connection that waits asks again now and then,
// and finds the file locked for as long as another one begins its next transaction at once. Within a process
// this queue is fair.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

namespace planrun {

/// Any thread; a turn may be given back by another thread than took it.
class WriterTurn {
 public:
  /// Waits for its turn. False: it did not come in time.
  bool take(std::chrono::milliseconds patience);
  void give_back();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::uint64_t> waiting_;  // the front one is next
  std::uint64_t last_ = 0;
  bool taken_ = false;
};

}  // namespace planrun
