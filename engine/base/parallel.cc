#include "base/parallel.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace planrun {
namespace {

constexpr unsigned kMostThreads = 8;
// A thread for fewer calls costs more than it brings.
constexpr std::size_t kLeastCalls = 8;

class Calls {
 public:
  Calls(std::size_t count, const std::function<void(std::size_t)>& work) : count_(count), work_(work) {}

  void make() {
    while (const auto number = next()) {
      try {
        work_(*number);
      } catch (...) {
        fail(*number, std::current_exception());
      }
    }
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::optional<std::size_t> next() {
    const std::lock_guard lock(mutex_);
    if (failure_ || next_ == count_) return std::nullopt;
    return next_++;
  }

  void fail(std::size_t number, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (failure_ && failed_ < number) return;
    failed_ = number;
    failure_ = std::move(failure);
  }

  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::size_t failed_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

int thread_count() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads));
}

void for_each_at_once(std::size_t count, const std::function<void(std::size_t)>& work) {
  Calls calls(count, work);
  const auto helpers = std::min<std::size_t>(static_cast<std::size_t>(thread_count()), count / kLeastCalls);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < helpers; ++i) threads.emplace_back([&calls] { calls.make(); });
    calls.make();
  }
  calls.rethrow();
}

}  // namespace planrun
