#include "resolve/source_tables.h"

namespace planrun {

TablePlace table_place(const std::string& from) {
  const auto dot = from.find('.');
  return {from.substr(0, dot), dot == std::string::npos ? std::string() : from.substr(dot + 1)};
}

SourceTableNames::SourceTableNames(const SourceTables& tables) : tables_(tables) {
  for (const auto& [source, own] : tables) {
    auto& by_name = by_source_[source];
    for (const auto& table : own) by_name.emplace(table.name, &table);
  }
}

const SourceTable* SourceTableNames::find(const std::string& source, const std::string& table) const {
  const auto own = by_source_.find(source);
  if (own == by_source_.end()) return nullptr;
  const auto found = own->second.find(table);
  return found == own->second.end() ? nullptr : found->second;
}

const SourceTable* SourceTableNames::find(const Located& from, Diagnostics& diagnostics) const {
  const TablePlace place = table_place(from.text);
  if (const SourceTable* table = find(place.source, place.table)) return table;
  const auto source = tables_.find(place.source);
  if (source == tables_.end()) {
    diagnostics.error(FindingCode::no_source_table, from.at,
                      "source `" + place.source + "` has not been read");
    return nullptr;
  }
  std::vector<std::string> names;
  for (const auto& table : source->second) names.push_back(table.name);
  diagnostics.error(FindingCode::no_source_table, from.at,
                    "source `" + place.source + "` has no table `" + place.table + "`",
                    did_you_mean(place.table, names));
  return nullptr;
}

std::vector<std::string> column_names(const SourceTable& table) {
  std::vector<std::string> names;
  for (const auto& c : table.columns) names.push_back(c.name);
  return names;
}

const SourceColumn* find_column(const SourceTable& table, const std::string& name) {
  for (const auto& c : table.columns) {
    if (c.name == name) return &c;
  }
  return nullptr;
}

}  // namespace planrun
