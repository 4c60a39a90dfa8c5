#include "sqlite/later_objects.h"

#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "sql/identifiers.h"
#include "sql/quote.h"
#include "sqlite/catalog.h"
#include "sqlite/dialect.h"
#include "sqlite/step_work.h"

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
    state.missing.insert(name);
  }
}

// Notes what hangs on the tables or views asked for, one object of the file after the other.
class HungObjects {
 public:
  explicit HungObjects(SqliteConnection& connection) : connection_(connection) {}

  /// `indexes`: names of the plan's; both outlive this.
  void ask_for(const std::string& name, std::vector<LaterObject>& later,
               std::span<const IndexSchema> indexes = {}) {
    lists_.emplace(to_lower_ascii(name), &later);
    for (const auto& index : indexes) indexes_.insert(to_lower_ascii(index.name));
  }

  void note(const SchemaRow& row) {
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

 private:
  void hang(const std::set<std::string>& relations, const LaterObject& object) {
    for (const auto& relation : relations) {
      if (const auto list = lists_.find(relation); list != lists_.end()) list->second->push_back(object);
    }
  }

  SqliteConnection& connection_;
  std::map<std::string, std::vector<LaterObject>*> lists_;  // by name in lower case
  std::set<std::string> indexes_;                           // of the schemas, in lower case
};

// Objects of the file of that name: the only table or view, or the only trigger.
const SchemaRow* find_row(std::span<const SchemaRow> rows, const std::string& name, bool trigger) {
  const std::string lower = to_lower_ascii(name);
  for (const SchemaRow& row : rows) {
    const bool is_asked = trigger ? row.type == "trigger" : row.type == "table" || row.type == "view";
    if (is_asked && to_lower_ascii(row.name) == lower) return &row;
  }
  return nullptr;
}

// SQLite keeps the text by which something was made, so the plan's is made in its place, and its text read.
// Whether it is another one; false where the plan's cannot be said any more, as what it reads is not what it
// was.
bool is_another_text(SqliteConnection& connection, const SchemaObject& object, const SchemaRow& row) {
  std::string own = row.sql;
  connection.execute("savepoint planrun_twin");
  try {
    const ObjectSql sql = make_sqlite_dialect()->object_sql(object);
    for (const auto& statement : sql.drop) connection.execute(statement);
    for (const auto& statement : sql.make) run_step_text(connection, statement);
    Statement text(connection, "select sql from sqlite_schema where type = ?1 and name = ?2 collate nocase");
    text.bind(1, std::string_view(row.type)).bind(2, std::string_view(object.name));
    if (text.step()) own = text.text(0);
  } catch (const Error&) {
    own = row.sql;
  }
  connection.execute("rollback to planrun_twin; release planrun_twin");
  return own != row.sql;
}

}  // namespace

std::vector<TableState> look_for_later(SqliteConnection& connection,
                                       std::span<const TableSchema* const> tables,
                                       std::span<const std::string> own) {
  const std::vector<SchemaRow> rows = schema_rows(connection);
  const std::set<std::string> own_names = in_lower_case(own);
  std::vector<TableState> states(tables.size());
  HungObjects hung(connection);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const SchemaRow* row = find_row(rows, tables[i]->name, false);
    states[i].exists = row != nullptr && row->type == "table";
    if (row != nullptr && !states[i].exists) states[i].instead = row->type;
    if (states[i].exists) hung.ask_for(tables[i]->name, states[i].later, tables[i]->indexes);
  }
  for (const auto& row : rows) {
    if (!own_names.contains(to_lower_ascii(row.name))) hung.note(row);
  }
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

std::vector<ObjectState> look_for_later_of_objects(SqliteConnection& connection,
                                                   std::span<const SchemaObject* const> objects,
                                                   std::span<const std::string> own) {
  const std::vector<SchemaRow> rows = schema_rows(connection);
  const std::set<std::string> own_names = in_lower_case(own);
  std::vector<ObjectState> states(objects.size());
  HungObjects hung(connection);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const bool is_trigger = objects[i]->kind == ObjectKind::trigger;
    const SchemaRow* row = find_row(rows, objects[i]->name, is_trigger);
    ObjectState& state = states[i];
    state.exists = row != nullptr && row->type == to_string(objects[i]->kind);
    if (row != nullptr && !state.exists) state.instead = row->type;
    if (!state.exists) continue;
    if (is_another_text(connection, *objects[i], *row))
      state.later.push_back({"another text than the run's", {}});
    if (!is_trigger) hung.ask_for(objects[i]->name, state.later);
  }
  for (const auto& row : rows) {
    if (!own_names.contains(to_lower_ascii(row.name))) hung.note(row);
  }
  return states;
}

}  // namespace planrun
