#include "sqlite/row_batch.h"

#include <cstring>

namespace planrun {
namespace {

// Some thousand rows: what handing a batch over costs is nothing beside them, and three of them are in the
// processor's cache.
constexpr std::size_t kBytes = 256 << 10;
constexpr std::size_t kCells = 16 << 10;

}  // namespace

bool RowBatch::add(std::span<const Cell> row) {
  std::size_t bytes = 0;
  for (const Cell& cell : row) bytes += cell.bytes.size();
  if (used_ + bytes > kBytes || cells_.size() + row.size() > kCells) return false;
  if (!bytes_) bytes_ = std::make_unique_for_overwrite<char[]>(kBytes);
  width_ = row.size();
  for (const Cell& cell : row) {
    Cell& copy = cells_.emplace_back(cell);
    if (cell.bytes.empty()) continue;
    std::memcpy(bytes_.get() + used_, cell.bytes.data(), cell.bytes.size());
    copy.bytes = {bytes_.get() + used_, cell.bytes.size()};
    used_ += cell.bytes.size();
  }
  ++rows_;
  return true;
}

void RowBatch::clear() {
  cells_.clear();
  used_ = 0;
  rows_ = 0;
}

}  // namespace planrun
