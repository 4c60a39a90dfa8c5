#include "resolve/object_names.h"

#include "sql/definition.h"

namespace planrun {

void ObjectNames::reserve(const TableShape& table) {
  relations_.insert(table.schema.name);
  for (const auto& index : table.schema.indexes) relations_.insert(index.name);
  if (table.schema.partition) {
    for (const auto& part : table.schema.partition->parts) relations_.insert(part.name);
  }
  for (const auto& key : table.schema.keys) {
    relations_.insert(key.name);
    constraints_.insert(key.name);
  }
  for (const auto& key : table.schema.foreign_keys) constraints_.insert(key.name);
  for (const auto& check : table.schema.checks) constraints_.insert(check.name);
}

// ChooseConstraintName and ChooseRelationName: "label", "label1", "label2", ... until the name is new.
std::string ObjectNames::choose(const std::string& table, const std::vector<std::string>& columns,
                                const std::string& label, Space space) {
  for (int pass = 0;; ++pass) {
    const std::string tried = pass == 0 ? label : label + std::to_string(pass);
    std::string name = default_object_name(table, columns, tried);
    if (constraints_.contains(name) || (space == Space::key && relations_.contains(name))) continue;
    constraints_.insert(name);
    if (space == Space::key) relations_.insert(name);
    return name;
  }
}

void ObjectNames::choose(TableShape& table) {
  TableSchema& schema = table.schema;
  for (std::size_t i = 0; i < schema.checks.size(); ++i) {
    if (!schema.checks[i].name.empty()) continue;
    // The column is part of the name where the check mentions exactly one (AddRelationNewConstraints).
    const auto& mentioned = schema.checks[i].columns;
    const std::vector<std::string> columns = mentioned.size() == 1 ? mentioned : std::vector<std::string>();
    schema.checks[i].name = choose(schema.name, columns, "check", Space::constraint);
  }
  for (auto& key : schema.keys) {
    if (key.primary && key.name.empty()) key.name = choose(schema.name, {}, "pkey", Space::key);
  }
  for (auto& key : schema.keys) {
    if (key.name.empty()) key.name = choose(schema.name, key.columns, "key", Space::key);
  }
  for (auto& key : schema.foreign_keys) {
    if (key.name.empty()) key.name = choose(schema.name, key.columns, "fkey", Space::constraint);
  }
}

}  // namespace planrun
