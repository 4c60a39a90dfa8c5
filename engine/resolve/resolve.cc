#include "resolve/resolve.h"

#include <algorithm>
#include <set>

#include "plan/table_shape.h"
#include "resolve/existing_shape.h"
#include "resolve/inherited_schema.h"
#include "resolve/load_mapping.h"
#include "resolve/object_names.h"
#include "resolve/source_tables.h"
#include "sql/definition.h"

namespace planrun {
namespace {

// Columns that a `from` of the table's own mapping names: `inherit` leaves them out.
std::set<std::string> taken_columns(const PlanTable& table, const PlanLoad& load) {
  std::set<std::string> taken;
  for (const auto& column : table.columns) {
    if (column.from) taken.insert(column.from->text);
  }
  for (const auto& column : load.columns) {
    if (column.from) taken.insert(column.from->text);
  }
  for (const auto& name : load.ignore) taken.insert(name.text);
  return taken;
}

// `inherit` brings the source's primary key along where the plan has none and the whole of it is inherited.
void inherit_primary_key(const SourceTable& source, const std::set<std::string>& inherited, Position at,
                         TableShape& shape) {
  if (shape.schema.primary_key() != nullptr) return;
  std::vector<const SourceColumn*> columns;
  for (const auto& column : source.columns) {
    if (column.primary_key > 0) columns.push_back(&column);
  }
  const bool all =
      std::all_of(columns.begin(), columns.end(), [&](const auto* c) { return inherited.contains(c->name); });
  if (columns.empty() || !all) return;
  std::sort(columns.begin(), columns.end(),
            [](const auto* a, const auto* b) { return a->primary_key < b->primary_key; });
  KeySchema key;
  key.primary = true;
  for (const auto* column : columns) key.columns.push_back(column->name);
  shape.schema.keys.push_back(std::move(key));
  shape.key_at.push_back(at);
}

// Whole, where the source types its columns.
ColumnSchema inherited_column(const SourceTable& source, const SourceColumn& column) {
  const ColumnSchema* typed = source.schema ? source.schema->find(column.name) : nullptr;
  if (typed != nullptr) return *typed;
  ColumnSchema schema;
  schema.name = column.name;
  schema.type = inherited_type(column.declared);
  schema.not_null = column.not_null;
  return schema;
}

// INTEGER PRIMARY KEY gives a row without a key the next number: in SQLite by itself, elsewhere by an
// identity.
void inherit_numbering(const SourceTable& source, TableSchema& schema) {
  const KeySchema* key = schema.primary_key();
  if (key == nullptr || key->columns.size() != 1) return;
  const SourceColumn* from = find_column(source, key->columns.front());
  if (from == nullptr || !from->numbered) return;
  for (auto& column : schema.columns) {
    if (column.name == from->name) column.identity = Identity::by_default;
  }
}

// The target would cut a longer one, and perhaps make two of them the same.
void check_inherited_name(const std::string& name, const std::string& from, Position at,
                          Diagnostics& diagnostics) {
  if (!name.empty() && name.size() <= kLongestName) return;
  diagnostics.error(FindingCode::bad_name, at,
                    name.empty() ? "a column of " + from + " has an empty name"
                                 : "column `" + name + "` of " + from + " has a name of " +
                                       std::to_string(name.size()) + " bytes, more than " +
                                       std::to_string(kLongestName),
                    "give it another one: NAME = { type = \"...\", from = \"" + name + "\" }");
}

void fill_inherit(const Plan& plan, const PlanTable& table, const PlanLoad& load, const SourceTable& source,
                  const std::string& dialect, TableShape& shape, Diagnostics& diagnostics) {
  const std::set<std::string> taken = taken_columns(table, load);
  Position at = table.at;
  for (const auto& column : table.columns) {
    if (column.inherit) at = column.at;
  }
  std::set<std::string> inherited;
  std::size_t place = shape.inherit_at;
  for (const auto& column : source.columns) {
    if (taken.contains(column.name) || shape.schema.find(column.name) != nullptr) continue;
    check_inherited_name(column.name, load.from.front().text, at, diagnostics);
    ColumnSchema schema = inherited_column(source, column);
    const auto offset = static_cast<std::ptrdiff_t>(place++);
    shape.schema.columns.insert(shape.schema.columns.begin() + offset, std::move(schema));
    shape.column_at.insert(shape.column_at.begin() + offset, at);
    shape.generated_columns.insert(shape.generated_columns.begin() + offset, std::vector<std::string>());
    inherited.insert(column.name);
  }
  if (source.schema) return inherit_schema(plan, table, source, at, shape, diagnostics);
  const bool has_key = shape.schema.primary_key() != nullptr;
  inherit_primary_key(source, inherited, at, shape);
  if (!has_key && dialect != "sqlite") inherit_numbering(source, shape.schema);
}

class Resolver {
 public:
  Resolver(const Plan& plan, const SourceTables& tables, const ExistingTables& existing)
      : plan_(plan), tables_(tables), names_(tables), existing_(existing) {
    result_.diagnostics.file = plan.file.string();
  }

  ResolveResult resolve() {
    for (const auto& table : plan_.tables) shapes_.push_back(read_shape(table));
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      check_columns_exist(shapes_[i], result_.diagnostics);
      check_index_types(shapes_[i], result_.diagnostics);
      check_division(plan_.tables[i], shapes_[i], result_.diagnostics);
    }
    check_foreign_keys(shapes_, result_.diagnostics);
    check_distributed_keys(shapes_, result_.diagnostics);
    ObjectNames names;
    for (const auto& shape : shapes_) names.reserve(shape);
    for (auto& shape : shapes_) {
      mark_primary_key(shape.schema);
      names.choose(shape);
    }
    fill_foreign_columns();
    mark_divided_parents();
    // They hold already, whatever they refer to: here they say what is loaded before what.
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      TableSchema& schema = shapes_[i].schema;
      const auto found = existing_.find(schema.name);
      if (!schema.exists || found == existing_.end()) continue;
      schema.foreign_keys = found->second.schema.foreign_keys;
      mark_restored_keys(plan_, plan_.tables[i], schema, result_.diagnostics);
    }
    for (std::size_t i = 0; i < shapes_.size(); ++i)
      result_.plan.tables.push_back(resolve_table(plan_.tables[i], shapes_[i]));
    load_parents_first(result_.plan);
    result_.plan.name = plan_.name;
    result_.plan.description = plan_.description;
    for (const auto& name : plan_.requires_) result_.plan.requires_.push_back(name.text);
    result_.plan.checks = plan_.checks;
    result_.plan.views = plan_.views;
    result_.plan.triggers = plan_.triggers;
    result_.plan.sql_steps = plan_.sql_steps;
    list_unread();
    return std::move(result_);
  }

 private:
  const PlanTarget* target_of(const PlanTable& table) const {
    for (const auto& target : plan_.targets) {
      if (table.target.empty() || target.name == table.target) return &target;
    }
    return nullptr;
  }

  TableShape read_shape(const PlanTable& table) {
    const PlanTarget* target = target_of(table);
    const std::vector<std::string> types = target == nullptr ? std::vector<std::string>() : target->types;
    TableShape shape = read_table_shape(table, types, plan_.text, result_.diagnostics);
    if (table.exists) {
      const auto found = existing_.find(table.name);
      if (found == existing_.end()) {
        result_.diagnostics.error(FindingCode::existing_table_misfit, table.exists_at,
                                  "[table." + table.name +
                                      "] exists, says the plan; the target has no "
                                      "table of that name",
                                  "take `exists` out, or run the plan that makes it first");
      } else {
        fill_existing(table, found->second, shape, result_.diagnostics);
      }
      return shape;
    }
    if (!shape.open) return shape;
    if (table.loads.empty() || table.loads.front().from.empty()) {
      result_.diagnostics.error(
          FindingCode::column_unfilled, table.at,
          "[table." + table.name + "] inherits its columns, and no load says from where", "add `from`");
      return shape;
    }
    // A missing table is reported with its load; its columns are not known then.
    Diagnostics later;
    const SourceTable* source = names_.find(table.loads.front().from.front(), later);
    if (source == nullptr) return shape;
    fill_inherit(plan_, table, table.loads.front(), *source, target == nullptr ? "" : target->dialect, shape,
                 result_.diagnostics);
    shape.open = false;
    return shape;
  }

  static void mark_primary_key(TableSchema& schema) {
    const KeySchema* key = schema.primary_key();
    if (key == nullptr) return;
    for (auto& column : schema.columns) {
      if (std::find(key->columns.begin(), key->columns.end(), column.name) != key->columns.end()) {
        column.not_null = true;
      }
    }
  }

  // A key that names none refers to the primary key.
  void fill_foreign_columns() {
    std::map<std::string_view, const KeySchema*> primary_keys;
    for (const auto& shape : shapes_) primary_keys[shape.schema.name] = shape.schema.primary_key();
    for (auto& shape : shapes_) {
      for (auto& key : shape.schema.foreign_keys) {
        const auto primary = primary_keys.find(key.table);
        if (key.foreign_columns.empty() && primary != primary_keys.end() && primary->second != nullptr)
          key.foreign_columns = primary->second->columns;
      }
    }
  }

  void mark_divided_parents() {
    std::set<std::string> divided;
    for (const auto& [name, table] : existing_) {
      if (table.is_divided) divided.insert(name);
    }
    for (const auto& shape : shapes_) {
      if (shape.schema.is_divided()) divided.insert(shape.schema.name);
    }
    for (auto& shape : shapes_) {
      for (auto& key : shape.schema.foreign_keys) key.to_divided = divided.contains(key.table);
    }
  }

  // Where each partition stands in the plan, for what only the server can say of it.
  void note_places(const PlanTable& table, TableSchema& schema) const {
    if (!schema.partition) return;
    const std::string file = plan_.file.filename().string();
    for (std::size_t i = 0; i < schema.partition->parts.size(); ++i) {
      const Position at = table.partition->parts[i].at;
      schema.partition->parts[i].place =
          file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    }
  }

  ResolvedTable resolve_table(const PlanTable& table, const TableShape& shape) {
    ResolvedTable resolved;
    resolved.sha256_digest = plan_.sha256_digest;
    const PlanTarget* target = target_of(table);
    if (target != nullptr) resolved.target = target->name;
    resolved.schema = shape.schema;
    note_places(table, resolved.schema);
    for (const auto& after : table.after) resolved.after.push_back(after.text);
    for (const auto& load : table.loads) {
      if (load.from.empty()) continue;
      std::vector<const SourceTable*> sources;
      for (const auto& from : load.from) {
        read_.insert(from.text);
        const SourceTable* source = names_.find(from, result_.diagnostics);
        if (source != nullptr) sources.push_back(source);
      }
      if (sources.size() < load.from.size() || shape.open) continue;
      for (auto& one : resolve_loads(table, load, shape.schema, sources, result_.diagnostics))
        resolved.loads.push_back(std::move(one));
    }
    return resolved;
  }

  // Shadow tables hold what a virtual table shows; SQLite's own tables are no one's data.
  void list_unread() {
    for (const auto& source : plan_.sources) {
      const auto tables = tables_.find(source.name);
      if (tables == tables_.end()) continue;
      for (const auto& table : tables->second) {
        if (table.kind == SourceTableKind::shadow || table.kind == SourceTableKind::view) continue;
        const std::string name = source.name + "." + table.name;
        if (!read_.contains(name)) result_.unread_tables.push_back(name);
      }
    }
  }

  const Plan& plan_;
  const SourceTables& tables_;
  const SourceTableNames names_;
  const ExistingTables& existing_;
  std::vector<TableShape> shapes_;
  std::set<std::string> read_;
  ResolveResult result_;
};

}  // namespace

ResolveResult resolve(const Plan& plan, const std::map<std::string, std::vector<SourceTable>>& tables,
                      const ExistingTables& existing) {
  return Resolver(plan, tables, existing).resolve();
}

}  // namespace planrun
