#include "sqlite/later_objects.h"

#include <map>
#include <set>
#include <utility>

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
  const std::set<std::string>& names() const { return tables_; }  // in lower case

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
                "where type in ('table', 'view', 'trigger') or type = 'index' and sql is not null "
                "order by type, name");
  std::vector<SchemaRow> rows;
  while (row.step()) rows.push_back({row.text(0), row.text(1), row.text(2), row.text(3)});
  return rows;
}

/// The names in lower case.
std::set<std::string> parents_of(SqliteConnection& connection, const std::string& table) {
  Statement row(connection, "select \"table\" from pragma_foreign_key_list(?1)");
  row.bind(1, std::string_view(table));
  std::set<std::string> parents;
  while (row.step()) parents.insert(to_lower_ascii(row.text(0)));
  return parents;
}

std::set<std::string> in_lower_case(std::span<const std::string> names) {
  std::set<std::string> lower;
  for (const auto& name : names) lower.insert(to_lower_ascii(name));
  return lower;
}

std::vector<std::string> columns_of(const TableSchema& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

void compare_columns(SqliteConnection& connection, const TableSchema& table, TableState& state) {
  const auto found = column_names(connection, table.name);
  const auto wanted = columns_of(table);
  for (const auto& name : found) {
    if (!is_in(wanted, name)) state.columns.push_back("column " + name);
  }
  for (const auto& name : wanted) {
    if (is_in(found, name)) continue;
    state.columns.push_back("column " + name + " is gone");
    state.is_whole = false;
  }
}

// Notes what hangs on the tables asked for, one object of the file after the other.
class HungObjects {
 public:
  HungObjects(SqliteConnection& connection, std::span<const TableSchema* const> tables)
      : connection_(connection), states_(tables.size()) {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      places_.emplace(to_lower_ascii(tables[i]->name), i);
      for (const auto& index : tables[i]->indexes) indexes_.insert(to_lower_ascii(index.name));
    }
  }

  void note_table(const SchemaRow& row) {
    const auto place = places_.find(to_lower_ascii(row.name));
    if (row.type == "table" && place != places_.end()) states_[place->second].exists = true;
  }

  void note_others(const SchemaRow& row) {
    if (row.type == "table") {
      hang(parents_of(connection_, row.name), {"foreign key of table " + row.name, {}});
    } else if (row.type == "view") {
      hang(TablesRead(connection_, row.name).names(),
           {"view " + row.name, "DROP VIEW IF EXISTS " + quote_name(row.name)});
    } else if (row.type == "index") {
      if (!indexes_.contains(to_lower_ascii(row.name)))
        hang({to_lower_ascii(row.table)}, {"index " + row.name, {}});
    } else {
      const std::string own = to_lower_ascii(row.table);
      std::set<std::string> named = in_lower_case(identifiers_in(row.sql));
      named.erase(own);
      hang({own}, {"trigger " + row.name, {}});
      hang(named, {"trigger " + row.name + " of table " + row.table,
                   "DROP TRIGGER IF EXISTS " + quote_name(row.name)});
    }
  }

  std::vector<TableState> states() && { return std::move(states_); }

 private:
  void hang(const std::set<std::string>& tables, const LaterObject& object) {
    for (const auto& table : tables) {
      if (const auto place = places_.find(table); place != places_.end() && states_[place->second].exists)
        states_[place->second].later.push_back(object);
    }
  }

  SqliteConnection& connection_;
  std::map<std::string, std::size_t> places_;  // by name in lower case
  std::set<std::string> indexes_;              // of the schemas, in lower case
  std::vector<TableState> states_;
};

}  // namespace

std::vector<TableState> look_for_later(SqliteConnection& connection,
                                       std::span<const TableSchema* const> tables,
                                       std::span<const std::string> own) {
  const std::vector<SchemaRow> rows = schema_rows(connection);
  const std::set<std::string> own_names = in_lower_case(own);
  HungObjects later(connection, tables);
  for (const auto& row : rows) later.note_table(row);
  for (const auto& row : rows) {
    if (!own_names.contains(to_lower_ascii(row.name))) later.note_others(row);
  }
  std::vector<TableState> states = std::move(later).states();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (states[i].exists) {
      compare_columns(connection, *tables[i], states[i]);
      continue;
    }
    for (const auto& row : rows) {
      // A virtual table whose module is not there cannot be asked.
      const bool is_asked = row.type == "table" && !to_lower_ascii(row.sql).starts_with("create virtual");
      if (!is_asked || own_names.contains(to_lower_ascii(row.name))) continue;
      if (column_names(connection, row.name) == columns_of(*tables[i])) states[i].alike.push_back(row.name);
    }
  }
  return states;
}

}  // namespace planrun
