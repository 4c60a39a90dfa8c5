#include "translate/known_tables.h"

#include <algorithm>

namespace planrun {

const KnownTable* find_table(const KnownTables& tables, std::string_view name) {
  const auto found =
      std::ranges::find_if(tables, [&](const KnownTable& table) { return same_name(table.source, name); });
  return found == tables.end() ? nullptr : &*found;
}

const KnownColumn* find_column(const KnownTable& table, std::string_view name) {
  const auto found = std::ranges::find_if(
      table.columns, [&](const KnownColumn& column) { return same_name(column.source, name); });
  return found == table.columns.end() ? nullptr : &*found;
}

}  // namespace planrun
