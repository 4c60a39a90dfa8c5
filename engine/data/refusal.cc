#include "data/refusal.h"

#include "base/text.h"

namespace planrun {

std::string no_parent_reason(const ForeignKeySchema& key) {
  std::string reason = "no row of " + key.table + " has this (" + join(key.columns, ", ") + ")";
  if (!key.name.empty()) reason += ": foreign key " + key.name;
  return reason;
}

std::string no_partition_reason(const TableSchema& table) {
  const auto& columns = table.partition->columns;
  const std::string names = join(columns, ", ");
  return "no partition of table " + table.name + " takes this " +
         (columns.size() > 1 ? "(" + names + ")" : names);
}

}  // namespace planrun
