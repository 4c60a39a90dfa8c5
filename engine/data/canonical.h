// The canonical form of a row (design, "Canonical form"), and its hash.
//
// A row is, for each loaded column in the plan's order: the column's name (length, bytes), a tag byte
// (0 null, 1 value), and for a value its bytes behind their length. Lengths are 4 bytes (8 for values),
// little-endian. The bytes of a value, by type (cells as column_type.h says):
//   boolean, integers, date, time, timestamp, timestamptz   8 bytes, little-endian two's complement
//   real, double_precision                                  8 bytes, the IEEE double, little-endian (one NaN)
//   numeric, text, varchar, char_, json, text_array, other  the cell's bytes
//   jsonb                                                   canonical JSON (base/canonical_json.h)
//   bytea, uuid, interval                                   the cell's bytes
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "data/cell.h"
#include "data/column_type.h"

namespace planrun {

struct CanonicalColumn {
  std::string name;
  TypeKind type;
};

/// Hashes rows of one set of columns; no allocation a row once its buffer has grown, and never more than
/// 64 KB held: longer rows go through the hash in pieces. One thread.
class RowHasher {
 public:
  explicit RowHasher(std::span<const CanonicalColumn> columns);
  /// `row` has one target cell a column. Throws Error(system) for a jsonb cell that is not JSON.
  Hash128 hash(std::span<const Cell> row);

 private:
  void append(std::string_view bytes);
  void append_value(std::string_view bytes);
  void append_jsonb(std::string_view text);
  bool put(std::string_view prefix, const Cell& cell);
  struct Column {
    std::string prefix;  // name length, name
    TypeKind type;
  };
  std::vector<Column> columns_;
  std::string buffer_;  // its first used_ bytes are not hashed yet
  std::size_t used_ = 0;
  std::string scratch_;  // canonical JSON
  StreamingHash stream_;
  bool streaming_ = false;
};

/// A target cell in words, for differences and previews: `null`, `12`, `'text'`, `2026-01-31 00:00:00`,
/// `\x00ff`.
std::string describe(const ColumnType& type, const Cell& cell);

}  // namespace planrun
