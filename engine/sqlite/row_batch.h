// Rows in memory of their own, on their way from the thread that makes them to the one that writes them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "data/cell.h"

namespace planrun {

/// Rows of one load, all of as many cells. Memory is taken with the first row, and kept.
class RowBatch {
 public:
  /// Copies the row. False: it has no room, and nothing was added.
  bool add(std::span<const Cell> row);
  std::size_t size() const { return rows_; }
  std::span<const Cell> row(std::size_t n) const { return {cells_.data() + n * width_, width_}; }
  void clear();

 private:
  std::vector<Cell> cells_;
  std::unique_ptr<char[]> bytes_;  // that the cells point into
  std::size_t used_ = 0;
  std::size_t width_ = 0;
  std::size_t rows_ = 0;
};

}  // namespace planrun
