#include "load/place_check.h"

#include <algorithm>

#include "base/text.h"
#include "data/canonical.h"
#include "data/refusal.h"

namespace planrun {
namespace {

std::vector<ColumnType> types_of_key(const TableSchema& table) {
  std::vector<ColumnType> types;
  for (const std::size_t place : table.places(table.partition->columns))
    types.push_back(table.columns[place].type);
  return types;
}

/// Texts are equal where their bytes are, unless a collation says otherwise.
bool is_plain(const TableSchema& table) {
  const auto places = table.places(table.partition->columns);
  return std::all_of(places.begin(), places.end(),
                     [&](std::size_t place) { return table.columns[place].collation.empty(); });
}

}  // namespace

PlaceCheck::PlaceCheck(const TableSchema& table, std::span<const std::size_t> columns)
    : table_(table), types_(types_of_key(table)), match_(*table.partition, types_, is_plain(table)) {
  for (const std::size_t place : table.places(table.partition->columns)) {
    const auto found = std::find(columns.begin(), columns.end(), place);
    if (found != columns.end()) cells_.push_back(static_cast<std::size_t>(found - columns.begin()));
  }
  if (cells_.size() < table.partition->columns.size()) cells_.clear();
  key_.resize(cells_.size());
}

bool PlaceCheck::takes(std::span<const Cell> row, Misfit& misfit) {
  if (cells_.empty() || !match_.decides()) return true;
  for (std::size_t i = 0; i < cells_.size(); ++i) key_[i] = row[cells_[i]];
  if (match_.takes(key_)) return true;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < key_.size(); ++i) values.push_back(describe(types_[i], key_[i]));
  misfit = {cells_.front(), join(values, ", "), no_partition_reason(table_)};
  return false;
}

}  // namespace planrun
