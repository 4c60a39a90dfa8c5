#include "load/settlement.h"

#include <algorithm>

namespace planrun {

namespace {

std::vector<std::size_t> key_cells(const ResolvedLoad& load) {
  std::vector<std::size_t> cells;
  for (const std::size_t column : load.merge->key) {
    const auto found = std::find_if(load.columns.begin(), load.columns.end(),
                                    [&](const ResolvedColumn& c) { return c.column == column; });
    cells.push_back(static_cast<std::size_t>(found - load.columns.begin()));
  }
  return cells;
}

std::vector<CanonicalColumn> key_columns(const ResolvedTable& table, const ResolvedLoad& load) {
  std::vector<CanonicalColumn> columns;
  for (const std::size_t column : load.merge->key) {
    const ColumnSchema& schema = table.schema.columns[column];
    columns.push_back({schema.name, schema.type.kind});
  }
  return columns;
}

}  // namespace

MergeKey::MergeKey(const ResolvedTable& table, const ResolvedLoad& load)
    : cells_(key_cells(load)), values_(cells_.size()), hasher_(key_columns(table, load)) {}

Hash128 MergeKey::hash(std::span<const Cell> row) {
  for (std::size_t i = 0; i < cells_.size(); ++i) values_[i] = row[cells_[i]];
  return hasher_.hash(values_).xxh3;
}

Hash128 row_identity(const ResolvedLoad& load, const Key& key, std::int64_t ordinal, std::size_t output) {
  std::string text = load.name + "/" + std::to_string(output) + "/";
  text += key.values.empty() ? std::to_string(ordinal) : to_json(key);
  return xxh3_128(text);
}

const Settlement::Kept* Settlement::find(Hash128 key) const {
  const auto found = std::lower_bound(
      kept.begin(), kept.end(), key, [](const Kept& one, const Hash128& wanted) { return one.key < wanted; });
  return found == kept.end() || !(found->key == key) ? nullptr : &*found;
}

std::string Settlement::reason(const Kept& one) const {
  return "another row of this key was kept: " + rule + ", from " + sources[one.place];
}

void Settlements::add(Settlement settlement) {
  const std::string group = settlement.group;
  settlements_[group] = std::move(settlement);
}

const Settlement* Settlements::of(const ResolvedLoad& load) const {
  if (!load.merge) return nullptr;
  const auto found = settlements_.find(load.merge->group);
  return found == settlements_.end() ? nullptr : &found->second;
}

}  // namespace planrun
