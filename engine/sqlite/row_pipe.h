// Rows on their way into one table, written by a thread of their own while the caller makes the next ones.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "sqlite/row_batch.h"
#include "sqlite/row_writer.h"

namespace planrun {

/// What fits one batch is written by the caller's thread. One caller.
/// From write() to drain() or rest() the writer's connection is the pipe's.
class RowPipe {
 public:
  RowPipe() = default;
  ~RowPipe();
  RowPipe(const RowPipe&) = delete;
  RowPipe& operator=(const RowPipe&) = delete;

  /// From here on rows go to `writer`, and are counted from 0.
  void begin(RowWriter& writer);
  void write(std::span<const Cell> row);
  /// All rows are in the table when it returns, but for those in failures(). Throws what the writer throws,
  /// as write() may: then rows are missing.
  void drain();
  /// Nothing is being written when it returns; what was not yet written is left out.
  void rest();
  /// Since begin(), in the rows' order. After drain().
  std::vector<RowFailure> take_failures() { return std::exchange(failures_, {}); }

 private:
  struct Filled {
    RowBatch rows;
    std::int64_t first = 0;  // the ordinal of its first row
  };

  void hand_over();
  void wait_until_idle();
  void write_here();
  void serve();

  RowWriter* writer_ = nullptr;
  std::array<Filled, 3> batches_;  // one filled, one written, one between them
  Filled* filling_ = &batches_[0];
  std::int64_t ordinal_ = 0;
  bool has_handed_over_ = false;  // since begin()
  std::vector<RowFailure> failures_;

  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Filled*> free_{&batches_[1], &batches_[2]};
  std::deque<Filled*> full_;
  bool is_writing_ = false;
  bool ends_ = false;
  std::exception_ptr error_;
};

}  // namespace planrun
