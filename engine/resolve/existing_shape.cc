#include "resolve/existing_shape.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "resolve/resolve.h"

namespace planrun {
namespace {

const PlanColumn* entry_of(const PlanTable& table, const std::string& column) {
  for (const auto& entry : table.columns) {
    if (!entry.inherit && entry.name == column) return &entry;
  }
  return nullptr;
}

/// The declared type of the plan's definition, if it has one that could be read.
const ColumnType* declared_type(const TableShape& shape, const PlanColumn* entry) {
  if (entry == nullptr || entry->definition.at.line == 0) return nullptr;
  const ColumnSchema* column = shape.schema.find(entry->name);
  return column == nullptr || column->type.sql.empty() ? nullptr : &column->type;
}

/// Whether going along `after` from one table leads to another.
bool leads_to(const ResolvedPlan& plan, const std::string& from, const std::string& to,
              std::set<std::string>& seen) {
  if (from == to) return true;
  if (!seen.insert(from).second) return false;
  const ResolvedTable* table = plan.find(from);
  return table != nullptr &&
         std::any_of(table->after.begin(), table->after.end(),
                     [&](const std::string& next) { return leads_to(plan, next, to, seen); });
}

}  // namespace

void fill_existing(const PlanTable& table, const ExistingTable& existing, TableShape& shape,
                   Diagnostics& diagnostics) {
  const std::string shown = "[table." + table.name + "]";
  for (const auto& entry : table.columns) {
    if (entry.inherit || existing.schema.find(entry.name) != nullptr) continue;
    diagnostics.error(FindingCode::existing_table_misfit, entry.at,
                      shown + " exists, and has no column `" + entry.name + "`",
                      did_you_mean(entry.name, column_names(existing.schema)));
  }
  if (!table.constraints.empty()) {
    diagnostics.error(FindingCode::existing_table_misfit, table.constraints.front().at,
                      shown + " exists: its constraints are its own");
  }
  if (!table.indexes.empty()) {
    diagnostics.error(FindingCode::existing_table_misfit, table.indexes.front().definition.at,
                      shown + " exists: its indexes are its own");
  }
  TableSchema schema = existing.schema;
  std::vector<Position> column_at;
  for (auto& column : schema.columns) {
    const PlanColumn* entry = entry_of(table, column.name);
    column_at.push_back(entry == nullptr ? table.at : entry->at);
    const ColumnType* declared = declared_type(shape, entry);
    if (!existing.is_typed) {
      const bool is_open = declared == nullptr && column.type.sql.empty();
      column.type = declared == nullptr ? inherited_type(column.type.sql) : *declared;
      if (is_open) column.type.sql.clear();  // which a load must not fill
    } else if (declared != nullptr && declared->sql != column.type.sql) {
      diagnostics.error(FindingCode::existing_table_misfit, entry->definition.at,
                        shown_column(table.name, column.name) + " is " + column.type.sql +
                            " in the target, not " + declared->sql,
                        "leave the type out: a table that exists keeps its own");
    }
    if (entry != nullptr) column.store_as_text = entry->store_as_text;
  }
  schema.foreign_keys.clear();
  if (schema.row_key() == nullptr) {
    diagnostics.error(FindingCode::existing_table_misfit, table.exists_at,
                      shown + " exists, and has no key that names each of its rows",
                      "give it a primary key: without one a run could not be taken back");
  }
  shape.schema = std::move(schema);
  shape.column_at = std::move(column_at);
  shape.generated_columns.assign(shape.schema.columns.size(), {});
  shape.key_at.assign(shape.schema.keys.size(), table.exists_at);
  shape.foreign_key_at.clear();
  shape.index_at.clear();
  shape.check_at.clear();
  shape.open = false;
}

void mark_restored_keys(const Plan& plan, const PlanTable& table, TableSchema& schema,
                        Diagnostics& diagnostics) {
  const std::string shown = "[table." + table.name + "]";
  std::vector<std::string> names;
  for (const auto& key : schema.foreign_keys) names.push_back(key.name);
  for (const auto& wanted : table.restore_foreign_keys) {
    const auto key = std::find_if(schema.foreign_keys.begin(), schema.foreign_keys.end(),
                                  [&](const auto& k) { return k.name == wanted.text; });
    if (key == schema.foreign_keys.end()) {
      diagnostics.error(
          FindingCode::existing_table_misfit, wanted.at,
          shown + " exists, and has no foreign key `" + wanted.text + "`",
          names.empty() ? "it has none: take `restore_foreign_keys` out" : "it has " + join(names, ", "));
      continue;
    }
    const bool is_loaded = std::any_of(plan.tables.begin(), plan.tables.end(), [&](const PlanTable& other) {
      return other.name == key->table && other.target == table.target;
    });
    if (!is_loaded) {
      diagnostics.error(FindingCode::existing_table_misfit, wanted.at,
                        shown + ": foreign key `" + wanted.text + "` refers to " + key->table +
                            ", which the plan does not load: its rows are there before",
                        "take `" + wanted.text + "` out of `restore_foreign_keys`");
    }
    key->restored = true;
  }
}

void load_parents_first(ResolvedPlan& plan) {
  for (auto& table : plan.tables) {
    if (!table.schema.exists) continue;
    for (const auto& key : table.schema.foreign_keys) {
      std::set<std::string> seen;
      if (key.restored) continue;
      if (plan.find(key.table) == nullptr || leads_to(plan, key.table, table.schema.name, seen)) continue;
      table.after.push_back(key.table);
    }
  }
}

}  // namespace planrun
