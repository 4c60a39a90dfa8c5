// Which of a typed column's values no target takes, or SQLite does not: told by the rule that a load would
// send them through.
#pragma once

#include "census/column_counter.h"
#include "data/column_type.h"
#include "transform/rule.h"

namespace planrun {

/// Of a column that its source types. One thread.
class RefusedCounter {
 public:
  /// `limits`: SQLite's.
  RefusedCounter(const ColumnSchema& column, const ValueLimits& limits);
  void add(const Cell& cell, const RowPlace& place);
  std::vector<RefusedValues> finish() && { return std::move(refused_); }

 private:
  void refuse(const Cell& cell, const RowPlace& place);

  bool takes_all_ = false;
  Rule sqlite_;
  Rule any_;
  std::vector<RefusedValues> refused_;
};

}  // namespace planrun
