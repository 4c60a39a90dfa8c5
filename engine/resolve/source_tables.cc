#include "resolve/source_tables.h"

namespace planrun {

TablePlace table_place(const std::string& from) {
  const auto dot = from.find('.');
  return {from.substr(0, dot), dot == std::string::npos ? std::string() : from.substr(dot + 1)};
}

const SourceTable* find_source_table(const SourceTables& tables, const Located& from,
                                     Diagnostics& diagnostics) {
  const TablePlace place = table_place(from.text);
  const auto source = tables.find(place.source);
  if (source == tables.end()) {
    diagnostics.error(FindingCode::no_source_table, from.at,
                      "source `" + place.source + "` has not been read");
    return nullptr;
  }
  std::vector<std::string> names;
  for (const auto& table : source->second) {
    if (table.name == place.table) return &table;
    names.push_back(table.name);
  }
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
