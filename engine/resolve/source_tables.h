// The sources as they really are, looked up by the plan's names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "database/source.h"
#include "plan/plan.h"

namespace planrun {

using SourceTables = std::map<std::string, std::vector<SourceTable>>;

/// "ora.shipped_items" taken apart at the first dot.
struct TablePlace {
  std::string source;
  std::string table;
};
TablePlace table_place(const std::string& from);

/// The table that `from` names, or null and an error that names the nearest.
const SourceTable* find_source_table(const SourceTables& tables, const Located& from,
                                     Diagnostics& diagnostics);

std::vector<std::string> column_names(const SourceTable& table);
const SourceColumn* find_column(const SourceTable& table, const std::string& name);

}  // namespace planrun
