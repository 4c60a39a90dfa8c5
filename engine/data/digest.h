// What a set of rows is, independent of their order: how many, and the sum of their hashes modulo 2^128.
// Duplicate rows count as often as they stand. Digests of disjoint parts add up to the whole's.
#pragma once

#include <cstdint>

#include "base/hash.h"

namespace planrun {

struct Digest {
  std::int64_t rows = 0;
  Hash128 sum;
  void add(Hash128 row) {
    ++rows;
    sum += row;
  }
  Digest& operator+=(const Digest& other) {
    rows += other.rows;
    sum += other.sum;
    return *this;
  }
  Digest& operator-=(const Digest& other) {
    rows -= other.rows;
    sum -= other.sum;
    return *this;
  }
  friend bool operator==(const Digest&, const Digest&) = default;
};

}  // namespace planrun
