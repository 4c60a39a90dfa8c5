// One claimed chunk: its rows from the source into the target's transaction, up to the ledger row. The caller
// commits.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/canonical.h"
#include "database/chunk.h"
#include "load/pace.h"
#include "load/road.h"

namespace planrun {

/// A chunk ends after about a second or 64 MB, whichever comes first: long enough that a commit costs nothing
/// beside it, short enough that a kill loses little and Ctrl-C answers soon. Rejects are held in memory until
/// the rows are in, so they have a bound of their own.
struct ChunkLimits {
  double seconds = 1.0;
  std::int64_t bytes = 64 << 20;
  std::int64_t reject_bytes = 8 << 20;
};

/// What the workers of one load share. Any thread.
struct LoadState {
  std::atomic<std::int64_t> rejected{0};  // of committed chunks and of those on their way
  std::atomic<bool> staged{false};    // the target has refused rows: further chunks wait in the stage at once
  std::atomic<std::int64_t> rows{0};  // for the progress: read so far, in this process
  std::atomic<std::int64_t> bytes{0};
  std::atomic<bool> done{false};
  std::atomic<std::int64_t> most_rows{0};  // of a chunk, since others write the same rows; 0: as many as fit
  std::int64_t expected = 0;               // rows, estimated before the run began
};

/// Whether others wrote the same rows meanwhile, so that nothing of a transaction was committed: fewer rows
/// meet fewer of them.
bool is_conflict(const Error& error);

/// Takes part in one load on one thread; used for many chunks.
class ChunkLoader {
 public:
  ChunkLoader(Road& road, const ResolvedLoad& load, LoadState& state, const ChunkLimits& limits, Pace& pace);

  /// Ends with transaction.finish(). Throws Error(rejected) when the plan stops at rejects, or their limit is
  /// passed; nothing of the chunk is committed then.
  ChunkResult load(ChunkTransaction& transaction);
  /// Rows that were rejected before, once more: a chunk of no range, whose balance takes them out of the
  /// rejects.
  ChunkResult load_again(ChunkTransaction& transaction, std::span<const Key> keys);
  /// Its transaction was not committed after all: its rejects do not count.
  void take_back(const ChunkResult& result);

 private:
  class Writing;
  class Finding;
  struct Way;
  ChunkResult load_along(ChunkTransaction& transaction, Way way);
  /// Source rows that the target refused, by their place (from 1) among those that came to it.
  using RefusedRows = std::map<std::int64_t, Reject>;
  void check_rejects(const std::vector<Reject>& rejects, std::int64_t count);

  Road& road_;
  const ResolvedLoad& load_;
  LoadState& state_;
  const ChunkLimits& limits_;
  Pace& pace_;
  RowHasher hasher_;
  std::int64_t rows_read_ = 0;  // of the chunk under way
};

}  // namespace planrun
