// The canonical form of a row (design, "Canonical form"), and its hash.
//
// A row is the names of its loaded columns in the plan's order, each behind its length (4 bytes), and then
// for each of them a tag byte (0 null, 1 value) and for a value its bytes behind their length (8 bytes).
// Lengths are little-endian. The bytes of a value, by type (cells as column_type.h says):
//   boolean, integers, date, time, timestamp, timestamptz   8 bytes, little-endian two's complement
//   real, double_precision                                  8 bytes, the IEEE double, little-endian (one NaN)
//   numeric, text, varchar, char_, json, text_array, other  the cell's bytes
//   jsonb                                                   canonical JSON (base/canonical_json.h)
//   bytea, uuid, interval                                   the cell's bytes
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "data/cell.h"
#include "data/column_type.h"
#include "data/digest.h"

namespace planrun {

struct CanonicalColumn {
  std::string name;
  TypeKind type;
};

/// Hashes rows of one set of columns; no allocation a row, and never more than 64 KB of one held: longer rows
/// go through the hash in pieces. One thread.
class RowHasher {
 public:
  /// `with_sha256`: beside XXH3-128, for plans that say `digest = "sha256"`.
  explicit RowHasher(std::span<const CanonicalColumn> columns, bool with_sha256 = false);
  /// `row` has one target cell a column. Throws Error(system) for a jsonb cell that is not JSON.
  RowHash hash(std::span<const Cell> row);

 private:
  void append(std::string_view bytes);
  void stream(std::string_view bytes);
  void append_value(std::string_view bytes);
  void append_jsonb(std::string_view text);
  bool put(const Cell& cell);
  std::vector<TypeKind> types_;
  std::string buffer_;  // the names, which stay, then what is not hashed yet
  std::size_t names_ = 0;
  std::size_t first_ = 0;  // what is not hashed yet: from here, the names included or not,
  std::size_t used_ = 0;   // to here
  std::string scratch_;    // canonical JSON
  StreamingHash stream_;
  std::optional<StreamingSha256> sha256_;
  bool streaming_ = false;
};

/// A target cell in words, for differences and previews: `null`, `12`, `'text'`, `2026-01-31 00:00:00`,
/// `\x00ff`.
std::string describe(const ColumnType& type, const Cell& cell);

}  // namespace planrun
