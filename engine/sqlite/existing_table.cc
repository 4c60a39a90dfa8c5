#include "sqlite/existing_table.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "sqlite/catalog.h"

namespace planrun {
namespace {

void read_columns(SqliteConnection& connection, const std::string& table, TableSchema& schema) {
  Statement row(
      connection,
      "select name, type, \"notnull\", dflt_value, pk, hidden from pragma_table_xinfo(?1) where hidden <> 1"
      " order by cid");
  row.bind(1, std::string_view(table));
  std::map<std::int64_t, std::string> primary;
  while (row.step()) {
    ColumnSchema& column = schema.columns.emplace_back();
    column.name = row.text(0);
    column.type.kind = TypeKind::other;
    column.type.sql = row.text(1);
    column.not_null = row.integer(2) != 0;
    column.default_sql = row.text(3);
    if (row.integer(5) != 0) column.generated_sql = "generated";
    if (row.integer(4) != 0) primary[row.integer(4)] = column.name;
  }
  if (primary.empty()) return;
  KeySchema key;
  key.primary = true;
  for (const auto& [place, name] : primary) key.columns.push_back(name);
  schema.keys.push_back(std::move(key));
}

/// A single INTEGER PRIMARY KEY without an index of its own is the rowid: SQLite numbers it.
void find_rowid(SqliteConnection& connection, const std::string& table, TableSchema& schema) {
  if (schema.keys.empty() || schema.keys.front().columns.size() != 1) return;
  Statement index(connection, "select 1 from pragma_index_list(?1) where origin = 'pk'");
  index.bind(1, std::string_view(table));
  if (index.step()) return;
  for (auto& column : schema.columns) {
    if (column.name != schema.keys.front().columns.front()) continue;
    if (to_lower_ascii(column.type.sql) == "integer") column.identity = Identity::by_default;
  }
}

void read_unique_indexes(SqliteConnection& connection, const std::string& table, TableSchema& schema) {
  Statement row(connection,
                "select l.name, x.name from pragma_index_list(?1) l, pragma_index_xinfo(l.name) x where "
                "l.\"unique\" = 1"
                " and l.partial = 0 and l.origin <> 'pk' and x.key = 1 order by l.seq, x.seqno");
  row.bind(1, std::string_view(table));
  std::vector<KeySchema> keys;
  while (row.step()) {
    if (keys.empty() || keys.back().name != row.text(0)) keys.emplace_back().name = row.text(0);
    keys.back().columns.push_back(row.text(1));  // empty: an expression
  }
  for (auto& key : keys) {
    if (std::ranges::find(key.columns, "") == key.columns.end()) schema.keys.push_back(std::move(key));
  }
}

std::vector<std::string> primary_key_of(SqliteConnection& connection, const std::string& table) {
  Statement row(connection, "select name from pragma_table_xinfo(?1) where pk > 0 order by pk");
  row.bind(1, std::string_view(table));
  std::vector<std::string> names;
  while (row.step()) names.push_back(row.text(0));
  return names;
}

/// Equal texts of such a column may be different bytes.
std::string own_collation(SqliteConnection& connection, const std::string& table, const std::string& column) {
  const std::string collation = column_collation(connection, table, column);
  return collation == "binary" ? std::string() : collation;
}

}  // namespace

std::vector<ForeignKeySchema> foreign_keys_of(SqliteConnection& connection, const std::string& table) {
  std::vector<ForeignKeySchema> keys;
  Statement row(connection,
                "select id, \"table\", \"from\", \"to\" from pragma_foreign_key_list(?1) order by id, seq");
  row.bind(1, std::string_view(table));
  std::int64_t last = -1;
  while (row.step()) {
    if (row.integer(0) != last) {
      ForeignKeySchema& key = keys.emplace_back();
      key.name = table + " -> " + row.text(1);
      key.table = row.text(1);
      last = row.integer(0);
    }
    keys.back().columns.push_back(row.text(2));
    if (!row.is_null(3)) keys.back().foreign_columns.push_back(row.text(3));
  }
  for (auto& key : keys) {
    if (key.foreign_columns.empty()) key.foreign_columns = primary_key_of(connection, key.table);
  }
  std::erase_if(keys,
                [](const ForeignKeySchema& key) { return key.foreign_columns.size() != key.columns.size(); });
  return keys;
}

std::vector<std::string> read_table_names(SqliteConnection& connection) {
  Statement row(connection,
                "select name from pragma_table_list where schema = 'main' and type = 'table'"
                " and name not like 'sqlite\\_%' escape '\\' order by name collate binary");
  std::vector<std::string> names;
  while (row.step()) names.push_back(row.text(0));
  return names;
}

std::optional<ExistingTable> read_existing_table(SqliteConnection& connection, const std::string& name) {
  const ListedTable* listed = connection.find_table(name);
  if (listed == nullptr || listed->type != "table") return std::nullopt;
  ExistingTable existing;
  existing.is_typed = false;
  existing.schema.name = name;
  existing.schema.exists = true;
  read_columns(connection, name, existing.schema);
  for (auto& column : existing.schema.columns)
    column.collation = own_collation(connection, name, column.name);
  find_rowid(connection, name, existing.schema);
  read_unique_indexes(connection, name, existing.schema);
  existing.schema.foreign_keys = foreign_keys_of(connection, name);
  Statement triggers(connection,
                     "select name from sqlite_schema where type = 'trigger' and tbl_name = ?1 order by name");
  triggers.bind(1, std::string_view(name));
  while (triggers.step()) existing.triggers.push_back(triggers.text(0));
  return existing;
}

}  // namespace planrun
