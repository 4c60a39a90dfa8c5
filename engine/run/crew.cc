#include "run/crew.h"

#include <chrono>
#include <thread>
#include <vector>

#include "run/worker.h"

namespace planrun {

namespace {

constexpr auto kProgressPause = std::chrono::milliseconds(200);

}  // namespace

void Crew::work(int jobs, const std::function<void()>& tick) {
  std::vector<std::thread> threads;
  for (int number = 1; number <= jobs; ++number) threads.emplace_back([this, number] { work_one(number); });
  std::thread watch([&] { watch_over(tick); });
  for (auto& thread : threads) thread.join();
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  watch.join();
  if (error_) throw Error(*error_);
}

void Crew::work_one(int number) {
  try {
    Worker(context_, number).work();
  } catch (const Error& error) {
    fail(error);
  } catch (const std::exception& error) {
    fail(Error(ErrorCode::system, error.what()));
  }
}

void Crew::fail(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = error;
  stop_ = true;
  context_.schedule.stop();
}

void Crew::watch_over(const std::function<void()>& tick) {
  std::unique_lock lock(mutex_);
  while (!done_) {
    changed_.wait_for(lock, kProgressPause);
    if (wanted_stop_ && !stop_) {
      stop_ = true;
      context_.schedule.stop();
    }
    lock.unlock();
    try {
      tick();
    } catch (const Error& error) {
      fail(error);
    }
    lock.lock();
  }
}

}  // namespace planrun
