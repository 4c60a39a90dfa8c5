#include "sqlite/catalog.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

constexpr std::int64_t kCountedRows = 1'000;
constexpr int kWeighedRows = 64;

SourceTableKind kind_of(const std::string& type) {
  if (type == "view") return SourceTableKind::view;
  if (type == "virtual") return SourceTableKind::virtual_table;
  if (type == "shadow") return SourceTableKind::shadow;
  return SourceTableKind::table;
}

struct Columns {
  std::vector<SourceColumn> shown;
  std::vector<std::string> lower_names;  // hidden ones too
};

Columns read_columns(SqliteConnection& connection, const std::string& table) {
  Columns columns;
  Statement list(connection,
                 "select name, type, \"notnull\", pk, hidden from pragma_table_xinfo(?1) order by cid");
  list.bind(1, table);
  while (list.step()) {
    const std::int64_t hidden = list.integer(4);
    columns.lower_names.push_back(to_lower_ascii(list.text(0)));
    if (hidden == 1) continue;
    SourceColumn& column = columns.shown.emplace_back();
    column.name = list.text(0);
    column.declared = list.text(1);
    column.not_null = list.integer(2) != 0;
    column.primary_key = static_cast<int>(list.integer(3));
    column.generated = hidden == 2 || hidden == 3;
  }
  return columns;
}

std::string primary_key_index(SqliteConnection& connection, const std::string& table) {
  Statement list(connection, "select name from pragma_index_list(?1) where origin = 'pk'");
  list.bind(1, table);
  return list.step() ? list.text(0) : std::string();
}

/// INTEGER PRIMARY KEY is the rowid itself; a key with an index of its own is not (INTEGER PRIMARY KEY DESC,
/// INT).
std::string rowid_column(SqliteConnection& connection, const std::string& table, const Columns& columns) {
  const SourceColumn* key = nullptr;
  for (const auto& column : columns.shown) {
    if (column.primary_key == 0) continue;
    if (key != nullptr) return {};
    key = &column;
  }
  if (key == nullptr || to_lower_ascii(key->declared) != "integer") return {};
  return primary_key_index(connection, table).empty() ? key->name : std::string();
}

void find_rowid(SqliteConnection& connection, const Columns& columns, CatalogTable& found) {
  for (const char* name : kRowidNames) {
    if (std::ranges::find(columns.lower_names, name) != columns.lower_names.end()) continue;
    found.order = {{{name, {}, false}}, " not indexed", true};
    found.table.key = {name};
    return;
  }
  const std::string column = rowid_column(connection, found.table.name, columns);
  if (column.empty()) return;
  found.order = {{{quote_name(column), {}, false}}, " not indexed", true};
  found.table.key = {column};
}

void find_key(SqliteConnection& connection, CatalogTable& found) {
  const std::string index = primary_key_index(connection, found.table.name);
  // Here "not indexed" would still allow an index that covers the query; the key's own index is the table.
  found.order.b_tree = " indexed by " + quote_name(index);
  Statement list(connection,
                 "select name, \"desc\", coll from pragma_index_xinfo(?1) where key = 1 order by seqno");
  list.bind(1, index);
  while (list.step()) {
    const std::string collation = to_lower_ascii(list.text(2));
    // An order that only the application knows (a collation of its own) can be neither asked for nor
    // compared.
    if (collation != "binary" && collation != "nocase" && collation != "rtrim") {
      found.order = {};
      found.table.key.clear();
      return;
    }
    // Named only where needed: with COLLATE in it, a comparison of rows no longer seeks.
    const bool same = column_collation(connection, found.table.name, list.text(0)) == collation;
    found.order.parts.push_back({quote_name(list.text(0)), same ? "" : collation, list.integer(1) != 0});
    found.table.key.push_back(list.text(0));
  }
}

CatalogTable read_one(SqliteConnection& connection, const std::string& name, const std::string& type,
                      bool without_rowid) {
  CatalogTable found;
  found.table.name = name;
  found.table.kind = kind_of(type);
  if (found.table.kind == SourceTableKind::view || found.table.kind == SourceTableKind::virtual_table) {
    // Old views may hold "strings" in double quotes. What fails here (a table that is gone, a module that is
    // not here) also fails for whoever reads the view.
    connection.allow_quoted_strings(true);
    try {
      found.table.columns = read_columns(connection, name).shown;
    } catch (const Error&) {
      found.table.columns.clear();
    }
    connection.allow_quoted_strings(false);
    return found;
  }
  Columns columns = read_columns(connection, name);
  if (without_rowid) {
    find_key(connection, found);
  } else {
    find_rowid(connection, columns, found);
    const std::string numbered = rowid_column(connection, name, columns);
    for (auto& column : columns.shown) column.numbered = !numbered.empty() && column.name == numbered;
  }
  found.table.columns = std::move(columns.shown);
  return found;
}

std::int64_t file_bytes(SqliteConnection& connection) {
  Statement size(connection, "select page_count * page_size from pragma_page_count, pragma_page_size");
  return size.step() ? size.integer(0) : 0;
}

/// Rows between the least and the largest rowid, as far as int64 tells.
std::int64_t rowid_span(SqliteConnection& connection, const CatalogTable& table) {
  const std::string& rowid = table.order.parts[0].column;
  const std::string from = " from " + quote_name(table.table.name) + table.order.b_tree + ")";
  Statement ends(connection,
                 "select (select min(" + rowid + ")" + from + ", (select max(" + rowid + ")" + from);
  if (!ends.step() || ends.is_null(0)) return 0;
  const auto span = static_cast<std::uint64_t>(ends.integer(1)) - static_cast<std::uint64_t>(ends.integer(0));
  return span >= INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(span) + 1;
}

double mean_row_bytes(SqliteConnection& connection, const SourceTable& table) {
  std::string stored;
  for (const auto& column : table.columns) {
    // A generated column takes no room unless stored, and may fail.
    if (!column.generated) stored += (stored.empty() ? "" : ", ") + quote_name(column.name);
  }
  Statement rows(connection, "select " + stored + " from " + quote_name(table.name) + " limit " +
                                 std::to_string(kWeighedRows));
  std::int64_t bytes = 0;
  std::int64_t count = 0;
  const int columns = sqlite3_column_count(rows.get());
  for (; rows.step(); ++count) {
    bytes += 3 + columns;
    for (int i = 0; i < columns; ++i) {
      const int type = sqlite3_column_type(rows.get(), i);
      bytes += type == SQLITE_TEXT || type == SQLITE_BLOB ? sqlite3_column_bytes(rows.get(), i)
               : type == SQLITE_NULL                      ? 0
                                                          : 4;
    }
  }
  return count == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(count);
}

}  // namespace

std::vector<std::string> column_names(SqliteConnection& connection, const std::string& table) {
  Statement row(connection, "select name from pragma_table_xinfo(?1) order by cid");
  row.bind(1, std::string_view(table));
  std::vector<std::string> names;
  while (row.step()) names.push_back(row.text(0));
  return names;
}

std::string column_collation(SqliteConnection& connection, const std::string& table,
                             const std::string& column) {
  const char* collation = nullptr;
  const int rc = sqlite3_table_column_metadata(connection.get(), "main", table.c_str(), column.c_str(),
                                               nullptr, &collation, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) throw connection.error(rc, {});
  return to_lower_ascii(collation);
}

bool is_in(std::span<const std::string> names, std::string_view name) {
  return std::ranges::any_of(names, [&](const std::string& n) { return same_name(n, name); });
}

std::vector<CatalogTable> read_catalog(SqliteConnection& connection) {
  std::vector<std::array<std::string, 3>> names;
  Statement list(connection,
                 "select name, type, wr from pragma_table_list where schema = 'main' "
                 "and name not like 'sqlite\\_%' escape '\\' order by name");
  while (list.step()) names.push_back({list.text(0), list.text(1), list.text(2)});
  std::vector<CatalogTable> tables;
  for (const auto& [name, type, without_rowid] : names) {
    tables.push_back(read_one(connection, name, type, without_rowid == "1"));
  }
  return tables;
}

CatalogTable read_catalog_table(SqliteConnection& connection, const std::string& name) {
  const ListedTable* listed = connection.find_table(name);
  if (listed == nullptr)
    throw Error(connection.code(), connection.shown() + ": there is no table " + quote_for_message(name));
  return read_one(connection, name, listed->type, listed->without_rowid);
}

void estimate(SqliteConnection& connection, CatalogTable& found) {
  SourceTable& table = found.table;
  // A view or a virtual table may compute for hours before its first row.
  if (table.kind == SourceTableKind::view || table.kind == SourceTableKind::virtual_table) return;
  const std::string name = quote_name(table.name);
  {
    Statement count(connection, "select count(*) from (select 1 from " + name + found.order.b_tree +
                                    " limit " + std::to_string(kCountedRows) + ")");
    table.estimated_rows = count.step() ? count.integer(0) : 0;
  }
  const double row_bytes = mean_row_bytes(connection, table);
  const std::int64_t total = file_bytes(connection);
  if (table.estimated_rows == kCountedRows && row_bytes > 0) {
    auto rows = static_cast<std::int64_t>(static_cast<double>(total) / row_bytes);
    if (found.order.is_rowid) rows = std::min(rows, rowid_span(connection, found));
    table.estimated_rows = std::max(rows, kCountedRows);
  }
  table.estimated_bytes =
      std::min(total, static_cast<std::int64_t>(static_cast<double>(table.estimated_rows) * row_bytes));
}

std::map<std::string, std::int64_t> read_sequences(SqliteConnection& connection) {
  std::map<std::string, std::int64_t> sequences;
  Statement there(connection, "select 1 from sqlite_schema where name = 'sqlite_sequence'");
  if (!there.step()) return sequences;
  Statement list(connection, "select name, seq from sqlite_sequence");
  while (list.step()) sequences[list.text(0)] = list.integer(1);
  return sequences;
}

void set_sequence(SourceTable& table, const std::map<std::string, std::int64_t>& sequences) {
  const auto given = sequences.find(table.name);
  const auto key = primary_key_of(table);
  // Anybody may write sqlite_sequence: a table that does not number its rows may be named there too.
  if (given != sequences.end() && key.size() == 1) table.sequences[key.front()] = given->second;
}

}  // namespace planrun
