// Rejected rows sent through the plan again, after its rule was mended.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>

#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"

namespace planrun {

struct RetrySummary {
  std::string run;
  std::int64_t sample = 0;  // of the run, where it is a rehearsal
  std::int64_t rows_tried = 0;
  std::int64_t rows_written = 0;
  std::int64_t rows_dropped = 0;   // by the plan of now
  std::int64_t rows_merged = 0;    // another row of the key is in the target
  std::int64_t rows_rejected = 0;  // again
  /// Takes in what was done in another target of the run.
  RetrySummary& operator+=(const RetrySummary& o) {
    run = o.run;
    sample = o.sample;
    rows_tried += o.rows_tried;
    rows_written += o.rows_written;
    rows_dropped += o.rows_dropped;
    rows_merged += o.rows_merged;
    rows_rejected += o.rows_rejected;
    return *this;
  }
};

/// Reads each reject's row again from the run's snapshot, and writes it under the plan of now: rows, balance,
/// digest and the reject's end are one transaction of up to 1,000 rows. The plan may differ from the run's
/// only in what becomes of rejected rows: Error(refused) names the load whose written rows it would make
/// otherwise, the table whose shape it changes, or the run that is not at its end. The run is `interrupted`
/// then: running the plan proves it again. `id`: the run, the latest where it is empty.
RetrySummary retry_rejects(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                           TargetDatabase& target, const std::string& id, const std::atomic<bool>& stop,
                           Diagnostics& wrong);

}  // namespace planrun
