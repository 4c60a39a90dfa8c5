// How a column's values come into a type that is given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "census/census.h"
#include "data/table_schema.h"

namespace planrun {

struct ColumnFit {
  std::vector<std::string> conversions{};  // `using`
  std::vector<std::string> choice{};       // what would take them all, and lose something; empty: nothing
  std::string remark{};                    // what a person should know: an assumption, or what does not fit
  bool is_refused = false;                 // some of the values do not fit as it stands
};

/// `row_key` is what samples are keys of.
ColumnFit fit_column(const ColumnCensus& column, const ColumnSchema& into, std::string_view row_key);

}  // namespace planrun
