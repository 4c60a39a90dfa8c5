// A chunk: a range of a load, the unit of commit. Its rows, rejects, digest and ledger row are one
// transaction.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/balance.h"
#include "data/digest.h"
#include "data/key.h"
#include "data/reject.h"

namespace planrun {

struct Chunk {
  std::int64_t id = 0;  // in the ledger; never changes, also when the chunk is cut
  std::string load;
  Range range;
};

/// What the ledger keeps of a chunk that is done.
struct ChunkResult {
  Balance balance;
  Digest digest;           // of the rows written, canonical form
  Digest told;             // of these and of the rows that were merged or left, as the source gave them
  std::int64_t bytes = 0;  // sent to the target
  double seconds = 0;
};

struct ChunkRecord {
  Chunk chunk;
  bool done = false;
  bool correction =
      false;  // rows taken out again, or rejects written after all: no range, counts of both signs
  ChunkResult result;
  std::int64_t finished_at = 0;  // Unix microseconds; 0: it is pending
  int worker = 0;                // who loaded it, from 1; 0: a process that has no workers
};

/// A row that the target refused: the nth (from 0) given to write() since the chunk began.
struct RowFailure {
  std::int64_t ordinal = 0;
  std::string column;  // empty where the target did not say
  std::string reason;  // the target's words: `violates check constraint "t_quantity_check"`
};

/// What became of the rows given to write(): those not named here were inserted or updated. Ordinals ascend.
struct Flushed {
  std::vector<RowFailure> failures;  // refused, and not in the table
  std::vector<std::int64_t> merged;  // an equal row of this run was there under the same key
  std::vector<std::int64_t> left;    // `insert_missing` found a row of the same key, and let it be
  // Counted where a load may meet rows that are there.
  std::int64_t rows_inserted = 0;
  std::int64_t rows_updated = 0;
  std::int64_t rows_unchanged = 0;  // an equal row was there; with `insert_missing`, what is left
};

struct GuardValue {
  std::string before;
  std::string now;
};

/// Two readings of the same guards, in the same order.
inline std::vector<GuardValue> guard_values(std::span<const std::string> before,
                                            std::span<const std::string> now) {
  std::vector<GuardValue> values;
  for (std::size_t i = 0; i < now.size(); ++i) values.push_back({before[i], now[i]});
  return values;
}

enum class Outcome { committed, in_doubt };

/// A claimed chunk and the transaction that loads it. One thread. Calls in this order:
///   write()* -> flush() -> reject()* -> finish(), then next() for the next chunk of the same transaction or
///   commit().
/// cut() may come any time before finish(). Destroyed without commit(): everything is rolled back, the chunk
/// is pending. Every call may throw Error; with code `connection` the transaction is gone.
class ChunkTransaction {
 public:
  virtual ~ChunkTransaction() = default;
  virtual const Chunk& chunk() const = 0;
  /// One target cell a loaded column, as data/column_type.h says. Bytes are read before it returns.
  virtual void write(std::span<const Cell> row) = 0;
  /// All rows are in the table when it returns, but for those that it names.
  /// Throws Error(row_violation) when the target only said *that* a row is wrong: then call stage() and write
  /// them again.
  virtual Flushed flush() = 0;
  /// Back to the claim, before or after flush(): rows of this chunk now wait in a stage, so that flush() can
  /// tell the wrong ones. What was cut stays cut.
  virtual void stage() = 0;
  virtual void reject(const Reject& reject) = 0;
  /// This chunk ends before `key`; the rest of its range becomes a pending chunk in the same transaction.
  virtual void cut(const Key& key) = 0;
  /// The ledger row: done.
  virtual void finish(const ChunkResult& result) = 0;
  /// Each of the request's guards as it was when the transaction began and as it is now, by what this
  /// transaction alone has done. A null reads as "null".
  virtual std::vector<GuardValue> guard_values() = 0;
  /// Claims another pending chunk of the same request in the same transaction; false: there is none.
  virtual bool next() = 0;
  /// In doubt: the connection was lost inside COMMIT; Target::is_done() on a new connection tells.
  virtual Outcome commit() = 0;
};

}  // namespace planrun
