#include "resolve/inherited_schema.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "resolve/source_tables.h"
#include "sql/definition.h"

namespace planrun {
namespace {

class Inheriting {
 public:
  Inheriting(const Plan& plan, const PlanTable& table, const SourceTable& source, Position at,
             TableShape& shape, Diagnostics& diagnostics)
      : plan_(plan), table_(table), source_(source), at_(at), shape_(shape), diagnostics_(diagnostics) {
    for (const auto& name : table.loads.front().ignore) ignored_.insert(name.text);
  }

  void run() {
    for (const auto& column : source_.schema->columns) check_type(column);
    for (const auto& key : source_.schema->keys) add(key);
    for (const auto& check : source_.schema->checks) add(check);
    for (const auto& index : source_.schema->indexes) add(index);
    for (const auto& key : source_.schema->foreign_keys) add(key);
    for (const auto& part : source_.uncarried) {
      if (!ignored_.contains(part.name)) refuse(part.what, part.name);
    }
  }

 private:
  void check_type(const ColumnSchema& column) {
    const ColumnSchema* own = shape_.schema.find(column.name);
    if (own == nullptr || own->type != column.type || own->type.kind != TypeKind::other) return;
    if (parse_type(own->type.sql, types_of(plan_, table_))) return;
    diagnostics_.error(
        FindingCode::unknown_type, at_,
        shown_column(table_.name, column.name) + " inherits the type " + column.type.sql +
            ", which planrun does not know",
        "name it in the target's `types` where the target has it, or declare the column, as text");
  }

  void refuse(const std::string& what, const std::string& name) {
    const PlanLoad& load = table_.loads.front();
    diagnostics_.error(
        FindingCode::source_column_unused, at_,
        "[table." + table_.name + "] inherits " + load.from.front().text + ", and cannot carry its " + what,
        "leave it behind by ignore = [" + quote_for_message(name) + "]");
  }

  bool has_columns(const std::vector<std::string>& columns) const {
    return std::all_of(columns.begin(), columns.end(),
                       [&](const auto& name) { return shape_.schema.find(name) != nullptr; });
  }

  void add(const KeySchema& key) {
    if (ignored_.contains(key.name) || is_declared(key)) return;
    if (!has_columns(key.columns))
      return refuse("key " + key.name + " (" + join(key.columns, ", ") + ")", key.name);
    KeySchema own = key;
    own.name = free_name(key.name);
    shape_.schema.keys.push_back(std::move(own));
    shape_.key_at.push_back(at_);
  }

  bool is_declared(const KeySchema& key) const {
    if (key.primary && shape_.schema.primary_key() != nullptr) return true;
    return std::any_of(shape_.schema.keys.begin(), shape_.schema.keys.end(),
                       [&](const auto& own) { return own.columns == key.columns; });
  }

  void add(const CheckSchema& check) {
    const auto& checks = shape_.schema.checks;
    const auto same = [&](const auto& own) { return own.name == check.name; };
    if (ignored_.contains(check.name) || std::any_of(checks.begin(), checks.end(), same)) return;
    shape_.schema.checks.push_back(check);
    shape_.check_at.push_back(at_);
  }

  void add(const IndexSchema& index) {
    const auto& indexes = shape_.schema.indexes;
    const auto same = [&](const auto& own) { return own.name == index.name; };
    if (ignored_.contains(index.name) || std::any_of(indexes.begin(), indexes.end(), same)) return;
    if (!has_columns(index.columns))
      return refuse("index " + index.name + ": " + index.elements_sql, index.name);
    shape_.schema.indexes.push_back(index);
    shape_.index_at.push_back(at_);
  }

  void add(const ForeignKeySchema& key) {
    if (ignored_.contains(key.name)) return;
    for (const auto& own : shape_.schema.foreign_keys) {
      if (own.columns == key.columns) return;
    }
    ForeignKeySchema own = key;
    own.table = table_loaded_from(key.table);
    if (own.table.empty() || !has_columns(key.columns)) {
      return refuse("foreign key " + key.name + " (" + join(key.columns, ", ") + ") to " + key.table +
                        (own.table.empty() ? ", which no table of the plan is loaded from" : ""),
                    key.name);
    }
    shape_.schema.foreign_keys.push_back(std::move(own));
    shape_.foreign_key_at.push_back(at_);
  }

  // The table of the plan, in the same target, that holds the rows of a table of the same source.
  std::string table_loaded_from(const std::string& name) const {
    const std::string from = table_place(table_.loads.front().from.front().text).source + "." + name;
    for (const auto& other : plan_.tables) {
      for (const auto& load : other.loads) {
        const bool loads = std::any_of(load.from.begin(), load.from.end(),
                                       [&](const auto& place) { return place.text == from; });
        if (loads && other.target == table_.target) return other.name;
      }
    }
    return {};
  }

  // A key's name is one of the table's own where the target's table has another name.
  std::string free_name(const std::string& name) const {
    return table_.name == source_.name ? name : std::string();
  }

  const Plan& plan_;
  const PlanTable& table_;
  const SourceTable& source_;
  Position at_;
  TableShape& shape_;
  Diagnostics& diagnostics_;
  std::set<std::string> ignored_;
};

}  // namespace

void inherit_schema(const Plan& plan, const PlanTable& table, const SourceTable& source, Position at,
                    TableShape& shape, Diagnostics& diagnostics) {
  Inheriting(plan, table, source, at, shape, diagnostics).run();
}

std::vector<std::string> names_of_parts(const SourceTable& source) {
  std::vector<std::string> names;
  for (const auto& part : source.uncarried) names.push_back(part.name);
  if (!source.schema) return names;
  for (const auto& key : source.schema->keys) names.push_back(key.name);
  for (const auto& check : source.schema->checks) names.push_back(check.name);
  for (const auto& index : source.schema->indexes) names.push_back(index.name);
  for (const auto& key : source.schema->foreign_keys) names.push_back(key.name);
  return names;
}

}  // namespace planrun
