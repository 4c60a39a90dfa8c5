// The sources as they really are, looked up by the plan's names.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
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

/// Looks tables up by name; the tables stay as they are meanwhile.
class SourceTableNames {
 public:
  explicit SourceTableNames(const SourceTables& tables);
  /// Null: there is none.
  const SourceTable* find(const std::string& source, const std::string& table) const;
  /// The table that `from` names, or null and an error that names the nearest.
  const SourceTable* find(const Located& from, Diagnostics& diagnostics) const;

 private:
  const SourceTables& tables_;
  std::map<std::string, std::unordered_map<std::string_view, const SourceTable*>> by_source_;
};

std::vector<std::string> column_names(const SourceTable& table);
const SourceColumn* find_column(const SourceTable& table, const std::string& name);

}  // namespace planrun
