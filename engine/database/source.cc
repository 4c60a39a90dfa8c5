#include "database/source.h"

#include <algorithm>

namespace planrun {

std::vector<std::string> primary_key_of(const SourceTable& table) {
  std::vector<const SourceColumn*> columns;
  for (const auto& column : table.columns) {
    if (column.primary_key > 0) columns.push_back(&column);
  }
  std::ranges::sort(columns, {}, &SourceColumn::primary_key);
  std::vector<std::string> names;
  for (const auto* column : columns) names.push_back(column->name);
  return names;
}

std::int64_t last_number(const SourceTable& table) {
  std::int64_t last = 0;
  for (const auto& [column, given] : table.sequences) last = std::max(last, given);
  return last;
}

}  // namespace planrun
