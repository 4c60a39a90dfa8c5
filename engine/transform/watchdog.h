// Ends the process when one call lasts too long. A pattern match that never ends calls no hook of Lua, so
// nothing inside the thread can stop it; what was not committed is rolled back by the databases.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace planrun {

class Watchdog {
 public:
  /// `describe` says what hangs; it is called from another thread while the watched one is inside its call.
  Watchdog(std::chrono::seconds patience, std::function<std::string()> describe);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// One thread calls these in turn; each costs one store.
  void enter() { call_.store(++count_ * 2 + 1, std::memory_order_release); }
  void leave() { call_.store(count_ * 2, std::memory_order_release); }

 private:
  void watch();

  std::chrono::seconds patience_;
  std::function<std::string()> describe_;
  std::uint64_t count_ = 0;
  std::atomic<std::uint64_t> call_{0};  // odd: inside a call
  std::mutex mutex_;
  std::condition_variable ends_;
  bool over_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace planrun
