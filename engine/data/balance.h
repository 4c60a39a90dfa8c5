// Where the rows of a load went. A run whose balances do not hold fails.
#pragma once

#include <cstdint>

namespace planrun {

struct Balance {
  std::int64_t rows_read = 0;     // counted by the reader, `where` or not
  std::int64_t rows_written = 0;  // source rows that are in the target
  std::int64_t rows_rejected = 0;
  std::int64_t rows_dropped = 0;  // by `where`, or a transform's nil
  std::int64_t rows_merged = 0;
  // Of the rows that were written, where rows may be in the table before:
  std::int64_t rows_updated = 0;
  std::int64_t rows_unchanged = 0;  // in the table already, and left as they are

  bool holds() const { return rows_read == rows_written + rows_rejected + rows_dropped + rows_merged; }
  Balance& operator+=(const Balance& o) {
    rows_read += o.rows_read;
    rows_written += o.rows_written;
    rows_rejected += o.rows_rejected;
    rows_dropped += o.rows_dropped;
    rows_merged += o.rows_merged;
    rows_updated += o.rows_updated;
    rows_unchanged += o.rows_unchanged;
    return *this;
  }
  friend bool operator==(const Balance&, const Balance&) = default;
};

}  // namespace planrun
