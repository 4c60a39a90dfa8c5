// Where the rows of a load went. A run whose balances do not hold fails.
#pragma once

#include <cstdint>

namespace planrun {

struct Balance {
  std::int64_t rows_read = 0;     // counted by the reader, `where` or not
  std::int64_t rows_written = 0;  // source rows whose rows are all in the target
  std::int64_t rows_rejected = 0;
  std::int64_t rows_dropped = 0;  // by `where`, or a transform's nil
  std::int64_t rows_merged = 0;   // whole: other rows of the same keys are in the target
  // A transform makes several rows of one, so what reached the target is counted apart.
  std::int64_t rows_emitted = 0;         // that the written and merged source rows became
  std::int64_t rows_inserted = 0;        // of them, those that are new in the target,
  std::int64_t rows_updated = 0;         // changed rows that were there,
  std::int64_t rows_unchanged = 0;       // found a row there that stays as it is,
  std::int64_t rows_emitted_merged = 0;  // or for which the run has written another row of the same key

  bool holds() const { return rows_read == rows_written + rows_rejected + rows_dropped + rows_merged; }
  bool emitted_holds() const {
    return rows_emitted == rows_inserted + rows_updated + rows_unchanged + rows_emitted_merged;
  }
  Balance& operator+=(const Balance& o) {
    rows_read += o.rows_read;
    rows_written += o.rows_written;
    rows_rejected += o.rows_rejected;
    rows_dropped += o.rows_dropped;
    rows_merged += o.rows_merged;
    rows_emitted += o.rows_emitted;
    rows_inserted += o.rows_inserted;
    rows_updated += o.rows_updated;
    rows_unchanged += o.rows_unchanged;
    rows_emitted_merged += o.rows_emitted_merged;
    return *this;
  }
  friend bool operator==(const Balance&, const Balance&) = default;
};

}  // namespace planrun
