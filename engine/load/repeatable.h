// Whether a load's Lua function gives the same rows for the same row, as a resume needs it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "database/source.h"
#include "plan/resolved_plan.h"
#include "transform/lua_transform.h"

namespace planrun {

/// Runs the first 1,000 rows of the load (or 16 MB of them) in one state, and each again in a state of its
/// own: what a function remembers, or takes from elsewhere, shows as a difference. Throws Error(plan) naming
/// the row. Does nothing for a load without a transform.
void check_repeatable(Source& source, const ResolvedLoad& load);

/// The same of rows further on, by sample: every 97th of the first 2,000 that a road sees, then each a
/// twentieth further than the one before: a fresh state costs as much as some hundred rows.
class RepeatableSample {
 public:
  bool wants_next() { return ++row_count_ == next_; }
  /// `lua` has seen the rows before. Throws Error(plan).
  void check(RowTransform& lua, std::span<const Cell> row, const ResolvedLoad& load,
             const std::function<std::string()>& describe_row);

 private:
  static constexpr std::int64_t kBetween = 97;
  std::int64_t row_count_ = 0;
  std::int64_t next_ = kBetween;
};

}  // namespace planrun
