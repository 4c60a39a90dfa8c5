// Where two sets of rows differ, down to key and column, in bounded memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "plan/resolved_plan.h"
#include "run/observer.h"

namespace planrun {

using RowUse = std::function<void(std::span<const Cell>)>;

/// What the target must hold of a load's columns, and what it holds. Each call reads all of it anew, in any
/// order.
struct Sides {
  std::function<void(const RowUse&)> expected;
  std::function<void(const RowUse&)> found;
};

/// Both sides are first summed up in 4,096 buckets by hash of the key, and only rows of some unequal buckets
/// are held. Calls in this order: narrow() -> read_again()* -> what it found. One thread.
class RowComparison {
 public:
  /// The rows are of `load`'s columns; both outlive the object.
  RowComparison(const ResolvedTable& table, const ResolvedLoad& load, Sides sides);
  ~RowComparison();

  void narrow();
  /// Reads the keys that differ once more. Those that are equal now are not different any more.
  void read_again();

  /// Keys that differ. `steady`: without those of which a side was another one at the reading before.
  std::size_t keys_different(bool steady) const;
  /// Keys that have differed and were equal when they were read again.
  std::size_t keys_settled() const { return settled_; }
  /// False: more rows differ than are held, so that there may be further keys.
  bool is_complete() const { return complete_; }
  /// By key, at most `limit`.
  std::vector<Difference> differences(std::size_t limit, bool steady) const;

 private:
  class RowNames;
  using Rows = std::vector<std::vector<std::string>>;  // of one key
  struct Pair {
    Rows expected;
    Rows found;
    bool steady = true;
  };
  using Pairs = std::map<std::string, Pair>;  // by key

  RowUse hold_in(Pairs& pairs, Rows Pair::*side, const std::function<bool(const std::string&)>& wanted);
  Pairs read_pairs(const std::function<bool(const std::string&)>& wanted);
  void compare_key(const std::string& key, const Pair& pair, std::vector<Difference>& out) const;

  Sides sides_;
  std::unique_ptr<RowNames> names_;
  Pairs different_;
  std::size_t settled_ = 0;
  bool complete_ = true;
};

}  // namespace planrun
