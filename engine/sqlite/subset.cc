#include "sqlite/subset.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/catalog.h"
#include "sqlite/own_collations.h"

namespace planrun {
namespace {

std::string pragma_value(SqliteConnection& connection, const std::string& name) {
  Statement pragma(connection, "pragma " + name);
  return pragma.step() ? pragma.text(0) : std::string();
}

/// A name of the rowid that no column hides; empty: there is none.
std::string free_rowid_name(const SourceTable& table) {
  for (const char* name : kRowidNames) {
    const auto is_name = [&](const SourceColumn& c) { return to_lower_ascii(c.name) == name; };
    if (std::none_of(table.columns.begin(), table.columns.end(), is_name)) return name;
  }
  return {};
}

class Subset {
 public:
  Subset(SqliteConnection& from, const std::vector<TableRows>& rows, const std::filesystem::path& to)
      : from_(from),
        to_(file_uri(to, "mode=rwc"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, to.string(),
            ErrorCode::system) {
    for (const auto& r : rows) rows_[r.table] = &r;
  }

  void write() {
    prepare();
    to_.execute("begin");
    for (const auto& table : read_catalog(from_)) write_table(table);
    copy_sequences();
    for (const char* kind : {"index", "view", "trigger"}) make_objects(kind);
    to_.execute("commit");
  }

 private:
  // An unfinished file is thrown away: it needs no journal, and is synced once at the end.
  void prepare() {
    to_.allow_quoted_strings(true);  // old schemas hold "strings"
    stand_in_for_collations(to_);
    to_.execute(
        "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -4000; pragma foreign_keys "
        "= "
        "off; pragma ignore_check_constraints = on");
    // Texts of UTF-16 stand in another order than those of UTF-8.
    for (const char* name : {"encoding", "page_size", "user_version", "application_id"}) {
      const std::string value = pragma_value(from_, name);
      if (!value.empty()) to_.execute("pragma " + std::string(name) + " = " + quote_literal(value));
    }
  }

  void write_table(const CatalogTable& found) {
    const auto wanted = rows_.find(found.table.name);
    const bool is_wanted = wanted != rows_.end();
    const bool is_table =
        found.table.kind == SourceTableKind::table || found.table.kind == SourceTableKind::shadow;
    if (!is_wanted && !is_table) return;
    const bool by_place = found.order.parts.empty();
    if (!(is_wanted && by_place) && try_to_make(declaration(found.table.name))) {
      if (is_wanted) copy_by_key(found, *wanted->second);
      return;
    }
    if (!is_wanted) return;  // declared with what only the application knows
    made_plain_.insert(found.table.name);
    to_.execute(plain_declaration(found));
    if (by_place) {
      copy_by_place(found.table, *wanted->second);
    } else {
      copy_by_key(found, *wanted->second);
    }
  }

  std::string declaration(const std::string& table) {
    Statement sql(from_, "select sql from sqlite_schema where type = 'table' and name = ?1");
    sql.bind(1, table);
    return sql.step() ? sql.text(0) : std::string();
  }

  bool try_to_make(const std::string& sql) {
    return sqlite3_exec(to_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  // What holds the same rows and looks the same from outside: without CHECKs, defaults, unique and foreign
  // keys.
  std::string plain_declaration(const CatalogTable& found) {
    const SourceTable& table = found.table;
    if (!found.order.parts.empty() && !found.order.is_rowid) {
      throw Error(ErrorCode::source,
                  from_.shown() + ": table " + quote_for_message(table.name) +
                      " cannot be put into a sample: its declaration needs what only its application knows",
                  "leave it out of the plan for the rehearsal");
    }
    const std::string alias = found.order.parts.empty() ? std::string() : rowid_alias(table);
    std::string columns;
    for (const auto& column : table.columns) {
      columns += (columns.empty() ? "" : ", ") + quote_name(column.name) + " " + column.declared;
      if (column.name == alias) columns += " primary key";
      if (column.not_null) columns += " not null";
      if (!found.order.parts.empty()) columns += " collate " + collation_of(table.name, column.name);
    }
    return "create table " + quote_name(table.name) + " (" + columns + ")";
  }

  // INTEGER PRIMARY KEY without an index of its own is the rowid.
  std::string rowid_alias(const SourceTable& table) {
    std::vector<const SourceColumn*> key;
    for (const auto& column : table.columns) {
      if (column.primary_key > 0) key.push_back(&column);
    }
    if (key.size() != 1 || to_lower_ascii(key[0]->declared) != "integer") return {};
    Statement index(from_, "select 1 from pragma_index_list(?1) where origin = 'pk'");
    index.bind(1, table.name);
    return index.step() ? std::string() : key[0]->name;
  }

  std::string collation_of(const std::string& table, const std::string& column) {
    const char* collation = nullptr;
    sqlite3_table_column_metadata(from_.get(), "main", table.c_str(), column.c_str(), nullptr, &collation,
                                  nullptr, nullptr, nullptr);
    return quote_name(collation == nullptr ? "binary" : collation);
  }

  void copy_by_key(const CatalogTable& found, const TableRows& rows) {
    std::vector<std::string> columns;
    // The rowid first: where a column is its alias, both are the same value.
    if (found.order.is_rowid) columns.push_back(found.order.parts[0].column);
    const bool is_plain = made_plain_.contains(found.table.name);
    for (const auto& column : found.table.columns) {
      const std::string name = quote_name(column.name);
      if ((!column.generated || is_plain) && (columns.empty() || columns[0] != name)) columns.push_back(name);
    }
    Statement insert(to_, insert_sql(found.table.name, columns));
    const std::string select =
        "select " + join(columns, ", ") + " from " + quote_name(found.table.name) + found.order.b_tree;
    if (rows.all) {
      Statement read(from_, select + " order by " + order_by_sql(found.order));
      while (read.step()) put(read, 0, insert, found.table.name);
      return;
    }
    Statement read(from_, select + " where " + equals_sql(found.order, 1));
    for (const Key& key : rows.keys) {
      read.reset();
      bind_key(read, 1, found.order, key);
      if (!read.step()) {
        throw Error(ErrorCode::source,
                    from_.shown() + ": row " + to_text(key) + " of table " +
                        quote_for_message(found.table.name) + " is gone: the file was written to meanwhile",
                    "stop the program that writes it");
      }
      put(read, 0, insert, found.table.name);
    }
  }

  void copy_by_place(const SourceTable& table, const TableRows& rows) {
    std::vector<std::string> columns;
    for (const auto& column : table.columns) columns.push_back(quote_name(column.name));
    std::vector<std::int64_t> places;
    for (const Key& key : rows.keys) places.push_back(key.values.at(0).integer);
    std::sort(places.begin(), places.end());
    const std::string rowid = free_rowid_name(table);
    std::vector<std::string> filled = columns;
    if (!rowid.empty()) filled.insert(filled.begin(), rowid);
    Statement insert(to_, insert_sql(table.name, filled));
    Statement kept(to_, "select " + join(columns, ", ") + " from " + quote_name(table.name) +
                            (rowid.empty() ? "" : " where " + rowid + " = ?1"));
    from_.allow_quoted_strings(true);
    Statement read(from_, "select " + join(columns, ", ") + " from " + quote_name(table.name));
    from_.allow_quoted_strings(false);
    std::int64_t place = 0;
    auto next = places.begin();
    while ((rows.all || next != places.end()) && read.step()) {
      ++place;
      if (!rows.all && *next != place) continue;
      if (!rows.all) ++next;
      if (!rowid.empty()) insert.bind(1, place);
      put(read, rowid.empty() ? 0 : 1, insert, table.name);
      if (!rowid.empty()) compare(kept.bind(1, place), read, table.name);
    }
  }

  static std::string insert_sql(const std::string& table, const std::vector<std::string>& columns) {
    std::string values;
    for (std::size_t i = 0; i < columns.size(); ++i) values += (i == 0 ? "?" : ", ?") + std::to_string(i + 1);
    return "insert into " + quote_name(table) + " (" + join(columns, ", ") + ") values (" + values + ")";
  }

  /// Parameters up to `first` are bound already.
  void put(Statement& row, int first, Statement& insert, const std::string& table) {
    for (int i = 0; i < sqlite3_column_count(row.get()); ++i) {
      const int rc = sqlite3_bind_value(insert.get(), first + i + 1, sqlite3_column_value(row.get(), i));
      if (rc != SQLITE_OK) throw insert.error(rc);
    }
    try {
      insert.run();
    } catch (const Error& error) {
      if (error.sqlstate().empty()) throw;
      throw Error(
          ErrorCode::source,
          from_.shown() + ": a row of table " + quote_for_message(table) +
              " breaks the declaration of its own table, and cannot be put into a sample: " + error.what());
    }
  }

  // A column of a view has values of any kind; a table's own declared type might change one.
  void compare(Statement& kept, Statement& row, const std::string& table) {
    kept.step();
    for (int i = 0; i < sqlite3_column_count(row.get()); ++i) {
      const Cell a = read_cell(sqlite3_column_value(row.get(), i));
      const Cell b = read_cell(sqlite3_column_value(kept.get(), i));
      if (key_of({&a, 1}) == key_of({&b, 1})) continue;
      throw Error(ErrorCode::source, from_.shown() + ": column " +
                                         quote_for_message(sqlite3_column_name(row.get(), i)) + " of " +
                                         quote_for_message(table) + " holds a " +
                                         std::string(to_string(a.kind)) + " that a table would keep as " +
                                         std::string(to_string(b.kind)) + ": it cannot be put into a sample");
    }
    kept.reset();
  }

  // Where a sequence stands decides which key comes next, also in the target.
  void copy_sequences() {
    constexpr const char* kThere = "select 1 from sqlite_schema where name = 'sqlite_sequence'";
    if (!Statement(to_, kThere).step() || !Statement(from_, kThere).step()) return;
    to_.execute("delete from sqlite_sequence");
    Statement read(from_, "select name, seq from sqlite_sequence");
    Statement insert(to_,
                     "insert into sqlite_sequence (name, seq) select ?1, ?2 where exists (select 1 from "
                     "sqlite_schema where type = 'table' and name = ?1)");
    while (read.step()) put(read, 0, insert, "sqlite_sequence");
  }

  // One that needs what only the application knows is left out, as no load reads by an index or such a view;
  // so is a view whose name its rows have taken.
  void make_objects(const std::string& kind) {
    Statement list(from_, "select sql from sqlite_schema where type = ?1 and sql is not null order by rowid");
    list.bind(1, std::string_view(kind));
    while (list.step()) try_to_make(list.text(0));
  }

  SqliteConnection& from_;
  SqliteConnection to_;
  std::map<std::string, const TableRows*> rows_;
  std::set<std::string> made_plain_;
};

}  // namespace

void write_subset(SqliteConnection& from, const std::vector<TableRows>& rows,
                  const std::filesystem::path& to) {
  Subset(from, rows, to).write();
}

}  // namespace planrun
