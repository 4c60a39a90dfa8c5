// The run's lock while it works.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"
#include "database/ledger.h"
#include "run/context.h"

namespace planrun {

/// Asks for the lock every second, for as long as it lives. A ledger that has lost its connection, and the
/// lock with it, takes both again when it is asked; its next entry may be minutes away, and another process
/// could begin meanwhile.
class LockKeeper {
 public:
  LockKeeper(Guarded<Ledger>& ledger, std::string plan);

  /// Throws what the ledger said when the lock was lost for good: somebody else holds it, or the server turns
  /// us away.
  void require_lock() const;

 private:
  void keep(const std::stop_token& ended);

  Guarded<Ledger>& ledger_;
  std::string plan_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Error> lost_;
  std::jthread thread_;  // ends before the rest goes
};

}  // namespace planrun
