#include "plan/plan_facts.h"

#include "base/text.h"

namespace planrun {

void add_constraints(const TableSchema& schema, TableFacts& table) {
  for (const auto& key : schema.keys) {
    std::string options;
    if (key.nulls_not_distinct) options += " nulls not distinct";
    if (key.deferrable) options += " deferrable";
    if (key.initially_deferred) options += " initially deferred";
    table.keys[(key.primary ? "primary key (" : "unique (") + comma_list(key.columns) + ")"] = options;
  }
  for (const auto& key : schema.foreign_keys) {
    std::string options;
    if (key.match_full) options += " match full";
    if (!key.on_delete.empty()) options += " on delete " + key.on_delete;
    if (!key.on_update.empty()) options += " on update " + key.on_update;
    if (key.deferrable) options += " deferrable";
    if (key.initially_deferred) options += " initially deferred";
    table.foreign_keys["(" + comma_list(key.columns) + ") references " + key.table + " (" +
                       comma_list(key.foreign_columns) + ")"] = options;
  }
  for (const auto& check : schema.checks) table.checks[without_layout(check.sql)] = check.sql;
  for (const auto& index : schema.indexes) {
    std::string text = index.unique ? "unique " : "";
    if (!index.method.empty() && index.method != "btree") text += "using " + index.method + " ";
    text += "(" + index.elements_sql + ")";
    if (!index.include_sql.empty()) text += " include (" + index.include_sql + ")";
    if (!index.where_sql.empty()) text += " where " + index.where_sql;
    table.indexes[index.name] = text;
  }
}

void add_division(const TableSchema& schema, TableFacts& table) {
  if (schema.partition) {
    table.divided_by =
        std::string(to_string(schema.partition->by)) + " (" + comma_list(schema.partition->columns) + ")";
    for (const auto& part : schema.partition->parts) table.parts[part.name] = to_text(part);
    if (schema.partition->by == PartitionBy::hash)
      table.divided_by += " into " + std::to_string(table.parts.size());
  }
  if (schema.distribution)
    table.distributed =
        schema.distribution->by.empty() ? "reference (whole on every node)" : schema.distribution->by;
}

std::string to_text(const PlanConversion& conversion) {
  if (conversion.arguments.empty()) return conversion.name;
  return conversion.name + "(" + join(conversion.arguments, ", ") + ")";
}

}  // namespace planrun
