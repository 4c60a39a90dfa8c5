#include "run/lock_keeper.h"

#include <chrono>
#include <utility>

namespace planrun {

namespace {

constexpr auto kBetweenQuestions = std::chrono::seconds(1);

}  // namespace

LockKeeper::LockKeeper(Guarded<Ledger>& ledger, std::string plan)
    : ledger_(ledger),
      plan_(std::move(plan)),
      thread_([this](const std::stop_token& ended) { keep(ended); }) {}

void LockKeeper::require_lock() const {
  const std::lock_guard lock(mutex_);
  if (lost_) throw Error(*lost_);
}

void LockKeeper::keep(const std::stop_token& ended) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, ended, kBetweenQuestions, [&] { return ended.stop_requested(); })) {
    lock.unlock();
    std::optional<Error> lost;
    try {
      ledger_.with([&](Ledger& ledger) { ledger.is_locked(plan_); });
    } catch (const Error& error) {
      // For a server that is away the workers have their own patience.
      if (!error.retryable()) lost = error;
    }
    lock.lock();
    if (!lost) continue;
    lost_ = std::move(lost);
    return;
  }
}

}  // namespace planrun
