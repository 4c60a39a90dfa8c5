// Rows that no partition of their table takes, found before they are sent.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/partition.h"
#include "data/table_schema.h"
#include "transform/mapping.h"

namespace planrun {

/// Of one load into a table that has partitions. What it cannot tell of the column's type the server does.
class PlaceCheck {
 public:
  /// `columns`: the loaded ones, in the order of a row's cells. The table outlives this object.
  PlaceCheck(const TableSchema& table, std::span<const std::size_t> columns);
  /// False: `misfit` says why.
  bool takes(std::span<const Cell> row, Misfit& misfit);

 private:
  const TableSchema& table_;
  std::vector<std::size_t> cells_;  // of a row; empty: the target fills some of them
  std::vector<ColumnType> types_;
  PartitionMatch match_;
  std::vector<Cell> key_;
};

}  // namespace planrun
