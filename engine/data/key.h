// A key: where a row stands in its table, owned. And a range of keys: the extent of a chunk.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/cell.h"

namespace planrun {

struct KeyValue {
  CellKind kind = CellKind::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string bytes;
  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

/// One value a key column; a rowid is one integer. Empty: the row has no key (a view).
struct Key {
  std::vector<KeyValue> values;
  friend bool operator==(const Key&, const Key&) = default;
};

Key key_of(std::span<const Cell> cells);
Key rowid_key(std::int64_t rowid);
Cell cell_of(const KeyValue& value);  // a view into `value`

/// Lossless JSON text: [12], ["a", null], reals as {"real":"shortest decimal, or bits where not finite"},
/// blobs and texts that are not UTF-8 as {"blob":"hex"} and {"text":"hex"}.
std::string to_json(const Key& key);
/// Throws Error(system) when `json` is not such a text.
Key key_from_json(std::string_view json);
/// For messages: `12`, `('a', 3)`.
std::string to_text(const Key& key);

/// Rows with from <= key < until, in the source's own key order; an absent bound is open.
struct Range {
  std::optional<Key> from;
  std::optional<Key> until;
};

}  // namespace planrun
