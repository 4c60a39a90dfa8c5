// Names in the target for what the sources have: the same, unless PostgreSQL or a neighbour stands against
// it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace planrun {

/// The names of one space that are taken. Two that differ only by case are one to SQLite.
class TakenNames {
 public:
  TakenNames() = default;
  /// In lower case.
  explicit TakenNames(std::set<std::string> names) : folded_(std::move(names)) {}
  /// `wanted` where it is free and at most 63 bytes of UTF-8 without control characters, else what comes
  /// near to it: cut with a digest of the whole behind it, or numbered. `spare` stands for what is empty.
  std::string take(std::string_view wanted, std::string_view spare);
  bool has(std::string_view name) const;

 private:
  std::set<std::string> folded_;
};

/// A name for a source, a plan or a check: letters, digits and _ of `text`.
std::string plain_name(std::string_view text, std::string_view spare);

}  // namespace planrun
