// A set of 128-bit hashes for millions of them: 21 to 43 bytes each, where a node of std::set takes 64.
#pragma once

#include <cstddef>
#include <vector>

#include "base/hash.h"

namespace planrun {

/// The hashes are evenly spread, as those of XXH3 are.
class HashSet {
 public:
  /// False: it was there already.
  bool insert(Hash128 hash);
  bool contains(Hash128 hash) const;
  std::size_t size() const { return size_; }

 private:
  /// Where the hash stands, or the free slot where it belongs.
  std::size_t place(Hash128 hash) const;
  void grow();

  std::vector<Hash128> slots_;  // a power of two of them, at most three quarters taken; all zero: free
  std::size_t size_ = 0;
  bool has_zero_ = false;  // the hash that a free slot looks like
};

}  // namespace planrun
