// What was done when, by which worker: from the times that the ledger keeps of steps and chunks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "database/ledger.h"

namespace planrun {

struct LedgerPart;

/// A piece of work of one worker. Chunks of a load that follow each other are one.
struct TimelineBar {
  std::string target;
  int worker = 0;  // 0: none of the run's workers
  std::string step;
  std::string kind;           // of the step
  std::int64_t began_at = 0;  // Unix microseconds
  double begin = 0;           // seconds on the timeline
  double seconds = 0;
  std::int64_t rows = 0;  // read, of a load
  bool failed = false;
};

/// A time in which nothing was done, left out: a run that was interrupted went on later.
struct TimelineBreak {
  double at = 0;       // seconds on the timeline
  double seconds = 0;  // how long it was
};

/// Rows per second between `begin` and the next one's.
struct RatePoint {
  double begin = 0;  // seconds on the timeline
  double seconds = 0;
  double rows = 0;
  double bytes = 0;
};

struct Timeline {
  double seconds = 0;             // of work, without breaks
  std::vector<TimelineBar> bars;  // by target and worker, then by time
  std::vector<TimelineBreak> breaks;
  std::vector<RatePoint> rates;  // equally long; none where no chunk is done
};

Timeline make_timeline(const std::vector<LedgerPart>& parts);

}  // namespace planrun
