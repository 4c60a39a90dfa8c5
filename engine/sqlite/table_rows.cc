#include "sqlite/table_rows.h"

#include <algorithm>

#include "sql/quote.h"

namespace planrun {

std::string rows_sql(const CatalogTable& found, const AddedColumn* added) {
  const std::string name = quote_name(found.table.name);
  if (added == nullptr) return name + found.order.b_tree;
  const auto& columns = found.table.columns;
  std::string key;
  // A star does not give what orders the rows where that is no column.
  if (found.order.is_rowid &&
      std::ranges::find(columns, found.table.key.front(), &SourceColumn::name) == columns.end())
    key = found.order.parts.front().column + " as " + found.order.parts.front().column + ", ";
  return "(select " + key + "*, " + quote_literal(added->value) + " as " + quote_name(added->name) +
         " from " + name + found.order.b_tree + ") as " + name;
}

}  // namespace planrun
