// A TOML text as a tree in the order of the file, with the position of every key and value. The only header
// behind which toml++ is used: it keeps tables sorted by key and counts columns in characters, both of which
// end here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/diagnostic.h"

namespace planrun {

enum class NodeKind { string, integer, real, boolean, time, array, table };

/// "a string", "a table", ...
std::string_view describe(NodeKind kind);
/// Neither a list nor a table.
constexpr bool is_scalar(NodeKind kind) {
  return kind != NodeKind::array && kind != NodeKind::table;
}

struct Member;

struct Node {
  NodeKind kind = NodeKind::table;
  Position at;                  // of the value; of the header where a table has one
  std::string text;             // a string's content; numbers, booleans and times as the author wrote them
  std::vector<Node> items;      // of an array
  std::vector<Member> members;  // of a table
  const Member* find(std::string_view key) const;
};

struct Member {
  std::string key;
  Position at;  // of the key
  Node value;
};

/// nullopt and one diagnostic where the text is not TOML.
std::optional<Node> read_document(const std::string& text, Diagnostics& diagnostics);

/// Where byte `offset` of a string's content stands in the file; `at` is where the string begins, quotes
/// included.
Position position_in_string(std::string_view text, Position at, std::size_t offset);

}  // namespace planrun
