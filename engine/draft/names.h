// Names in the target for what the sources have: the same, unless PostgreSQL or a neighbour stands against
// it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace planrun {

/// The names of one space that are taken.
class TakenNames {
 public:
  TakenNames() = default;
  /// `by_case`: two that differ only by case are two, as in PostgreSQL; else one, as in SQLite. `names` in
  /// lower case.
  explicit TakenNames(bool by_case, std::set<std::string> names = {})
      : by_case_(by_case), names_(std::move(names)) {}
  /// `wanted` where it is free and at most 63 bytes of UTF-8 without control characters, else what comes
  /// near to it: cut with a digest of the whole behind it, or numbered. `spare` stands for what is empty.
  std::string take(std::string_view wanted, std::string_view spare);
  bool has(std::string_view name) const;

 private:
  std::string folded(std::string_view name) const;

  bool by_case_ = false;
  std::set<std::string> names_;  // folded
};

/// A name for a source, a plan or a check: letters, digits and _ of `text`.
std::string plain_name(std::string_view text, std::string_view spare);

}  // namespace planrun
