// Names for the keys, foreign keys and checks that a plan leaves unnamed: those that PostgreSQL would choose.
#pragma once

#include <set>
#include <string>

#include "plan/table_shape.h"

namespace planrun {

/// The names of one schema: what the plan says is taken first, so that a chosen name never stands in its way.
class ObjectNames {
 public:
  void reserve(const TableShape& table);
  /// Fills in what is unnamed, in the order in which CREATE TABLE would: checks, primary key, keys, foreign
  /// keys.
  void choose(TableShape& table);

 private:
  // A key is an index and a constraint, so its name must be new in both spaces.
  enum class Space { constraint, key };
  std::string choose(const std::string& table, const std::vector<std::string>& columns,
                     const std::string& label, Space space);

  std::set<std::string> relations_;
  std::set<std::string> constraints_;
};

}  // namespace planrun
