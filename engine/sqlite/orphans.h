// Rows that refer to rows of a table which a transaction deletes, while foreign keys are off.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sqlite/handle.h"

namespace planrun {

/// Tables with a foreign key to `table`, perhaps itself.
std::vector<std::string> children_of(SqliteConnection& connection, const std::string& table);
/// Those of them, without itself, that its own foreign keys lead to: what goes round.
std::vector<std::string> others_in_circle(SqliteConnection& connection, const std::string& table);

/// How many rows of each of `children` refer to rows that `parent` does not have, when this is made.
class OrphanCounts {
 public:
  OrphanCounts(SqliteConnection& connection, std::string parent, std::vector<std::string> children);

  struct More {
    std::string child;
    std::int64_t rows = 0;
  };
  /// Children of which there are more by now.
  std::vector<More> more() const;

 private:
  std::int64_t count(const std::string& child) const;

  SqliteConnection& connection_;
  std::string parent_;
  std::vector<std::pair<std::string, std::int64_t>> before_;
};

}  // namespace planrun
