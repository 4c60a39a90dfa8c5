#include "postgres/schema_parts.h"

#include <algorithm>
#include <array>

namespace planrun {
namespace {

class Parts {
 public:
  void read(const SourceTable& table) {
    table_ = &table;
    const TableSchema& schema = *table.schema;
    for (const auto& key : schema.keys)
      add(key.primary ? SchemaPartKind::key : SchemaPartKind::unique, key.columns);
    for (const auto& column : schema.columns) read_column(column);
    for (const auto& index : schema.indexes) read_index(index);
    for (const auto& key : schema.foreign_keys)
      add(SchemaPartKind::foreign_key, key.columns).references = key.table;
    for (const auto& check : schema.checks) add(SchemaPartKind::check, {}, check.sql);
    for (const auto& part : table.uncarried) read_uncarried(part);
  }

  std::vector<SchemaPart> all;

 private:
  SchemaPart& add(SchemaPartKind kind, std::vector<std::string> columns, std::string sql = {}) {
    return all.emplace_back(SchemaPart{kind, {}, table_->name, std::move(columns), false, std::move(sql)});
  }

  void read_column(const ColumnSchema& column) {
    if (column.identity != Identity::none) add(SchemaPartKind::numbering, {column.name});
    const KeySchema* key = table_->schema->primary_key();
    const bool in_key = key != nullptr && std::ranges::find(key->columns, column.name) != key->columns.end();
    if (column.not_null && !in_key) add(SchemaPartKind::not_null, {column.name});
    if (!column.generated_sql.empty()) add(SchemaPartKind::generated, {column.name}, column.generated_sql);
    if (!column.default_sql.empty()) add(SchemaPartKind::default_value, {column.name}, column.default_sql);
    if (!column.collation.empty()) add(SchemaPartKind::collation, {column.name}, column.collation);
  }

  void read_index(const IndexSchema& index) {
    // Without a word that is no column's name: over columns alone.
    const bool is_plain = index.where_sql.empty() && index.elements_sql.find('(') == std::string::npos;
    SchemaPart& part = add(SchemaPartKind::index, is_plain ? index.columns : std::vector<std::string>());
    part.name = index.name;
    part.unique = index.unique;
    part.sql = (index.unique ? "unique (" : "(") + index.elements_sql + ")" +
               (index.where_sql.empty() ? "" : " where " + index.where_sql);
  }

  void read_uncarried(const UncarriedPart& part) {
    for (const std::string_view object : {"trigger ", "rule ", "policy "}) {
      if (part.what.starts_with(object)) return;  // told with the schema's objects
    }
    if (table_->schema->find(part.name) != nullptr) {
      add(SchemaPartKind::default_value, {part.name}, part.what);
      return;
    }
    const std::string kind = part.what.substr(0, part.what.find(' '));
    SchemaPart& other = add(SchemaPartKind::other, {}, part.what);
    if (kind == "INCLUDE") {
      other.name = part.name;
    } else {
      other.name = (kind == "how" ? "counting of " : kind + " ") + part.name;
    }
  }

  const SourceTable* table_ = nullptr;
};

}  // namespace

std::vector<SchemaPart> schema_parts_of(std::span<const PostgresTable> tables, const SourceObjects& objects) {
  Parts parts;
  for (const auto& found : tables) {
    if (found.table.kind == SourceTableKind::table) parts.read(found.table);
  }
  for (const auto& [name, sql] : objects.views)
    parts.all.push_back({SchemaPartKind::view, name, "", {}, false, sql});
  for (const auto& trigger : objects.triggers)
    parts.all.push_back({SchemaPartKind::trigger, trigger.name, trigger.table, {}, false, trigger.sql});
  for (const auto& object : objects.others) {
    const bool divides = object.name.starts_with("partitioning of ");
    parts.all.push_back({divides ? SchemaPartKind::partitioning : SchemaPartKind::other,
                         object.name,
                         object.table,
                         {},
                         false,
                         object.sql});
  }
  return std::move(parts.all);
}

}  // namespace planrun
