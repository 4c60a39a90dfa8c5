// What a set of rows is, independent of their order: how many, and the sum of their hashes modulo 2^128 (and,
// where the plan says `digest = "sha256"`, modulo 2^256). Duplicate rows count as often as they stand.
// Digests of disjoint parts add up to the whole's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace planrun {

/// The hashes of one row's canonical form.
struct RowHash {
  Hash128 xxh3;
  Hash256 sha256;  // zero where the plan does not ask for it
  friend bool operator==(const RowHash&, const RowHash&) = default;
};

struct Digest {
  std::int64_t rows = 0;
  Hash128 sum;
  Hash256 sha256;
  void add(const RowHash& row) {
    ++rows;
    sum += row.xxh3;
    sha256 += row.sha256;
  }
  Digest& operator+=(const Digest& other) {
    rows += other.rows;
    sum += other.sum;
    sha256 += other.sha256;
    return *this;
  }
  Digest& operator-=(const Digest& other) {
    rows -= other.rows;
    sum -= other.sum;
    sha256 -= other.sha256;
    return *this;
  }
  friend bool operator==(const Digest&, const Digest&) = default;
};

/// The sums as the ledger keeps them: 32 hexadecimal digits, and " sha256:" with 64 where there is such a
/// sum.
std::string sums_to_text(const Digest& digest);
/// Throws Error(system) for any other text.
Digest digest_from(std::int64_t rows, std::string_view sums);

}  // namespace planrun
