// Runs that are killed at places spread over the whole of a run, at the points of kill_preload.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "support/migration.h"

namespace planrun::test {

struct KilledRuns {
  /// The same migration each time, with a target of its own.
  std::function<std::unique_ptr<Migration>()> make;
  std::size_t usual_points = 8;
  std::function<void(const Migration&)> look_at_whole{};   // a run that was not killed
  std::function<void(const Migration&)> look_at_killed{};  // before anything else is done with it
};

/// Every second killed run is run again, and must end as one that was never killed; then each is taken back,
/// and must leave the target as it was before.
void kill_anywhere(const KilledRuns& runs);

}  // namespace planrun::test
