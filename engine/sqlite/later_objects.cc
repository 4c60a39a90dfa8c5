#include "sqlite/later_objects.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "sql/identifiers.h"
#include "sql/quote.h"
#include "sqlite/catalog.h"

namespace planrun {
namespace {

/// The authorizer is asked for every table that a statement reads, through however many views.
class TablesRead {
 public:
  TablesRead(SqliteConnection& connection, const std::string& view) : connection_(connection) {
    sqlite3_set_authorizer(connection_.get(), note, this);
    try {
      const Statement reading(connection_, "select * from " + quote_name(view));
    } catch (const Error&) {
      tables_.clear();  // it did not work before either
    }
    sqlite3_set_authorizer(connection_.get(), nullptr, nullptr);
  }
  bool has(const std::string& table) const { return tables_.contains(to_lower_ascii(table)); }

 private:
  static int note(void* self, int action, const char* table, const char*, const char*, const char*) {
    if (action == SQLITE_READ && table != nullptr)
      static_cast<TablesRead*>(self)->tables_.insert(to_lower_ascii(table));
    return SQLITE_OK;
  }
  SqliteConnection& connection_;
  std::set<std::string> tables_;
};

struct SchemaRow {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;
};

std::vector<SchemaRow> schema_rows(SqliteConnection& connection) {
  Statement row(connection,
                "select type, name, tbl_name, coalesce(sql, '') from sqlite_schema "
                "where type in ('table', 'view', 'trigger') order by type, name");
  std::vector<SchemaRow> rows;
  while (row.step()) rows.push_back({row.text(0), row.text(1), row.text(2), row.text(3)});
  return rows;
}

bool refers_to(SqliteConnection& connection, const std::string& table, const std::string& parent) {
  Statement row(connection, "select 1 from pragma_foreign_key_list(?1) where \"table\" = ?2 collate nocase");
  row.bind(1, std::string_view(table)).bind(2, std::string_view(parent));
  return row.step();
}

void compare_columns(SqliteConnection& connection, const TableSchema& table, TableState& state) {
  Statement row(connection, "select name from pragma_table_xinfo(?1)");
  row.bind(1, std::string_view(table.name));
  std::vector<std::string> found;
  while (row.step()) found.push_back(row.text(0));
  std::vector<std::string> wanted;
  for (const auto& column : table.columns) wanted.push_back(column.name);
  for (const auto& name : found) {
    if (!is_in(wanted, name)) state.later.push_back({"column " + name, {}});
  }
  for (const auto& name : wanted) {
    if (is_in(found, name)) continue;
    state.later.push_back({"column " + name + " is gone", {}});
    state.is_whole = false;
  }
}

}  // namespace

TableState look_for_later(SqliteConnection& connection, const TableSchema& table,
                          std::span<const std::string> own) {
  TableState state;
  state.exists = true;
  compare_columns(connection, table, state);
  std::vector<LaterObject>& found = state.later;
  for (const auto& row : schema_rows(connection)) {
    if (is_in(own, row.name)) continue;
    if (row.type == "table" && refers_to(connection, row.name, table.name)) {
      found.push_back({"foreign key of table " + row.name, {}});
    } else if (row.type == "view" && TablesRead(connection, row.name).has(table.name)) {
      found.push_back({"view " + row.name, "DROP VIEW " + quote_name(row.name)});
    } else if (row.type == "trigger" && same_name(row.table, table.name)) {
      found.push_back({"trigger " + row.name, {}});
    } else if (row.type == "trigger" && is_in(identifiers_in(row.sql), table.name)) {
      found.push_back({"trigger " + row.name + " of table " + row.table,
                       "DROP TRIGGER IF EXISTS " + quote_name(row.name)});
    }
  }
  return state;
}

}  // namespace planrun
