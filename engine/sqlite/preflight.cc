#include "sqlite/preflight.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include <unistd.h>

#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/catalog.h"
#include "sqlite/step_work.h"

namespace planrun {
namespace {

/// The folder's and the file's rights; true: the file can be looked into.
bool look_at_rights(const TargetFile& file, std::vector<PreflightFinding>& findings) {
  const auto folder = file.path().parent_path();
  const auto add = [&](const std::string& message, const std::string& hint) {
    findings.push_back({true, message, hint});
  };
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    add("the folder of the target, " + folder.string() + ", does not exist",
        "create it: mkdir -p " + folder.string());
    return false;
  }
  // SQLite makes its journal beside the file.
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    add(folder.string() + ": " + std::strerror(errno), "give this user the right to write the folder");
  }
  if (!file.exists()) return false;
  if (access(file.path().c_str(), W_OK) != 0) {
    add(file.path().string() + ": " + std::strerror(errno), "give this user the right to write the file");
  }
  return true;
}

/// What the plan makes, by names in lower case: tables, and the tables of indexes.
std::multimap<std::string, std::pair<const TableSchema*, bool>> wanted_names(
    std::span<const TableSchema* const> tables) {
  std::multimap<std::string, std::pair<const TableSchema*, bool>> wanted;
  for (const TableSchema* table : tables) {
    if (table->exists) continue;
    wanted.emplace(to_lower_ascii(table->name), std::pair(table, true));
    for (const auto& index : table->indexes)
      wanted.emplace(to_lower_ascii(index.name), std::pair(table, false));
  }
  return wanted;
}

/// Of a table that a run of any plan has made, as the ledger says.
std::optional<PreflightFinding> made_by_run(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                                            const std::string& table) {
  Statement run(connection, "select r.id, r.plan, r.state from " + ledger.run + " as r join " + ledger.step +
                                " as s on s.run = r.id where s.kind = 'create' and s.state = 'done'"
                                " and s.\"table\" = ?1 collate nocase order by r.started_at desc limit 1");
  run.bind(1, std::string_view(table));
  if (!run.step()) return std::nullopt;
  return table_of_run("table " + table + " of " + connection.shown(), run.text(0), run.text(1), run.text(2));
}

/// Tables, views and indexes of the names that the plan wants; the ledger is null where there is none.
void look_for_names(SqliteConnection& connection, const SqliteLedgerTables* ledger,
                    std::span<const TableSchema* const> tables, std::span<const std::string> ours,
                    std::vector<PreflightFinding>& findings) {
  const auto wanted = wanted_names(tables);
  std::set<std::string> own;
  for (const auto& table : ours) own.insert(to_lower_ascii(table));
  Statement row(connection,
                "select type, name, tbl_name from sqlite_schema where type in ('table', 'view', 'index')");
  while (row.step()) {
    const std::string type = row.text(0);
    const std::string name = row.text(1);
    const std::string table = row.text(2);
    if (own.contains(to_lower_ascii(table))) continue;
    const auto [first, last] = wanted.equal_range(to_lower_ascii(name));
    for (auto found = first; found != last; ++found) {
      const auto& [maker, is_table] = found->second;
      if (auto of_run = ledger != nullptr && is_table && type == "table"
                            ? made_by_run(connection, *ledger, name)
                            : std::nullopt) {
        findings.push_back(std::move(*of_run));
        continue;
      }
      findings.push_back({true,
                          type + " " + name + (type == "index" ? " (on table " + table + ")" : "") +
                              " is already in " + connection.shown() + ", and the plan makes " +
                              (is_table ? "a table" : "an index of table " + maker->name) + " of that name",
                          "drop or rename it, or choose another name in the plan"});
    }
  }
}

/// A run names each row that it writes into a table of others.
void look_for_row_names(SqliteConnection& connection, std::span<const TableSchema* const> tables,
                        std::vector<PreflightFinding>& findings) {
  for (const TableSchema* table : tables) {
    if (!table->exists || !read_catalog_table(connection, table->name).order.parts.empty()) continue;
    findings.push_back({true,
                        "table " + table->name + " of " + connection.shown() +
                            " has rows that nothing names: its columns hide the rowid, or its key has a "
                            "collation of the application's own",
                        "rename a column called rowid, _rowid_ or oid"});
  }
}

using TableList = std::span<const TableSchema* const>;

// SQLite looks through the whole schema at each CREATE: thousands of tables are tried so many at a time.
constexpr std::size_t kTriedTogether = 100;

/// All of them at once where two things of the plan share a name: only then does SQLite tell.
std::vector<TableList> tried_together(TableList tables) {
  const auto wanted = wanted_names(tables);
  const auto shares_name = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::adjacent_find(wanted.begin(), wanted.end(), shares_name) != wanted.end()) return {tables};
  std::vector<TableList> lists;
  for (std::size_t i = 0; i < tables.size(); i += kTriedTogether)
    lists.push_back(tables.subspan(i, std::min(kTriedTogether, tables.size() - i)));
  return lists;
}

/// An empty database in memory, in which the steps of some tables are tried.
class MemoryTrial {
 public:
  MemoryTrial(const SqliteLedgerTables& ledger, const Dialect& dialect)
      : dialect_(dialect),
        memory_("file::memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "SQLite", ErrorCode::target) {
    ledger.create(memory_);
  }

  /// What a foreign key needs of its table; what is wrong with it is told where it is tried itself.
  void make_parent(const TableSchema& table) {
    for (const SchemaStep& step : dialect_.schema_steps(table)) {
      if (step.kind == SchemaStepKind::create || step.kind == SchemaStepKind::index) refusal(step);
    }
  }

  /// Tables first, then what comes after the rows: as a run does it.
  std::vector<PreflightFinding> try_all(TableList tables) {
    std::vector<const TableSchema*> made;
    for (const TableSchema* table : tables) {
      if (!table->exists && attempt(*table, dialect_.schema_steps(*table).at(0))) made.push_back(table);
    }
    for (const TableSchema* table : made) {
      const auto steps = dialect_.schema_steps(*table);
      for (std::size_t i = 1; i < steps.size(); ++i) attempt(*table, steps[i]);
    }
    return std::move(findings_);
  }

 private:
  bool attempt(const TableSchema& table, const SchemaStep& step) {
    const auto refused = refusal(step);
    if (!refused) return true;
    findings_.push_back({true, "table " + table.name + ", " + step.name + ": " + refused->what(),
                         "write it so that SQLite takes it, or leave it out for this target"});
    return false;
  }

  std::optional<Error> refusal(const SchemaStep& step) {
    for (std::string sql : step.statements) {
      for (std::size_t at = sql.find("{sequence_floor}"); at != std::string::npos;
           at = sql.find("{sequence_floor}")) {
        sql.replace(at, std::strlen("{sequence_floor}"), "0");
      }
      try {
        run_step_text(memory_, sql);
      } catch (const Error& error) {
        return error;
      }
    }
    return std::nullopt;
  }

  const Dialect& dialect_;
  SqliteConnection memory_;
  std::vector<PreflightFinding> findings_;
};

void try_in_memory(const SqliteLedgerTables& ledger, const Dialect& dialect, TableList tables,
                   std::vector<PreflightFinding>& findings) {
  std::map<std::string, const TableSchema*> by_name;  // in lower case
  for (const TableSchema* table : tables) by_name.emplace(to_lower_ascii(table->name), table);
  for (const TableList& some : tried_together(tables)) {
    MemoryTrial trial(ledger, dialect);
    std::set<const TableSchema*> there(some.begin(), some.end());
    for (const TableSchema* table : some) {
      for (const auto& key : table->foreign_keys) {
        const auto parent = by_name.find(to_lower_ascii(key.table));
        if (parent == by_name.end() || !there.insert(parent->second).second) continue;
        trial.make_parent(*parent->second);
      }
    }
    for (auto& finding : trial.try_all(some)) findings.push_back(std::move(finding));
  }
}

// Whether SQLite refuses the text whatever the target holds. A SQL step may live by rows and tables that only
// the target has.
bool tells_of_the_text(const Error& error, ObjectKind kind) {
  const std::string_view message = error.what();
  const auto says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
  if (kind != ObjectKind::sql) return !says("no such table");
  return says("syntax error") || says("incomplete input") || says("unrecognized token") ||
         says("not authorized");
}

/// A table of others, for what names its columns.
std::string stand_in_sql(const TableSchema& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(quote_name(column.name));
  return "create table " + quote_name(table.name) + " (" + join(names, ", ") + ")";
}

}  // namespace

std::vector<PreflightFinding> find_obstacles(TargetFile& file, const Dialect& dialect,
                                             std::span<const TableSchema* const> tables,
                                             std::span<const std::string> ours) {
  std::vector<PreflightFinding> findings;
  if (look_at_rights(file, findings)) {
    try {
      bool follows = false;
      const auto connection = file.open_for_reading(follows);
      const auto* ledger = file.ledger().are_in(*connection) ? &file.ledger() : nullptr;
      look_for_names(*connection, ledger, tables, ours, findings);
      look_for_row_names(*connection, tables, findings);
    } catch (const Error& error) {
      findings.push_back({true, error.what(), error.hint()});
    }
  }
  try_in_memory(file.ledger(), dialect, tables, findings);
  return findings;
}

std::vector<PreflightFinding> find_faulty_objects(const Dialect& dialect,
                                                  std::span<const TableSchema* const> tables,
                                                  std::span<const SchemaObject> objects) {
  std::vector<PreflightFinding> findings;
  if (objects.empty()) return findings;
  SqliteConnection memory("file::memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "SQLite",
                          ErrorCode::target);
  for (const TableSchema* table : tables) {
    try {
      run_step_text(
          memory, table->exists ? stand_in_sql(*table) : dialect.schema_steps(*table).at(0).statements.at(0));
    } catch (const Error&) {  // find_obstacles() tells it
    }
  }
  for (const auto& object : objects) {
    const ObjectSql sql = dialect.object_sql(object);
    try {
      for (const auto& text : sql.make) run_step_text(memory, text);
      for (const auto& check : sql.checks) {
        if (run_query(memory, check.sql).rows.at(0).at(0) == check.expect) continue;
        findings.push_back({true,
                            shown_in_plan(object) + " does not make " + check.name +
                                (object.table.empty() ? "" : " on table " + object.table),
                            "the section's name is the trigger's, and `table` is where it stands"});
      }
    } catch (const Error& error) {
      if (!tells_of_the_text(error, object.kind)) continue;
      findings.push_back({true, shown_in_plan(object) + ": " + error.what(), "correct it in the plan"});
    }
  }
  return findings;
}

}  // namespace planrun
