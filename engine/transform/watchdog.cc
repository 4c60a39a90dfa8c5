#include "transform/watchdog.h"

#include <cstdlib>

#include <unistd.h>

namespace planrun {

Watchdog::Watchdog(std::chrono::seconds patience, std::function<std::string()> describe)
    : patience_(patience), describe_(std::move(describe)), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ends_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  std::uint64_t seen = 0;
  auto since = std::chrono::steady_clock::now();
  while (!ends_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; })) {
    const std::uint64_t call = call_.load(std::memory_order_acquire);
    const auto now = std::chrono::steady_clock::now();
    if (call != seen || call % 2 == 0) {
      seen = call;
      since = now;
    } else if (now - since >= patience_) {
      const std::string text = "error: " + describe_() + "\n";
      [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
      ::_exit(EXIT_FAILURE);
    }
  }
}

}  // namespace planrun
