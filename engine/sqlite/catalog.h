// What a SQLite database holds: its tables, their columns, and the key that orders each one's rows.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "database/source.h"
#include "sql/identifiers.h"
#include "sqlite/handle.h"

namespace planrun {

/// What SQLite calls the rowid, unless a column has the name.
inline constexpr std::array<const char*, 3> kRowidNames = {"rowid", "_rowid_", "oid"};

/// One column of the b-tree that a table's rows stand in.
struct KeyPart {
  std::string column;     // quoted, or one of rowid, _rowid_, oid
  std::string collation;  // of the b-tree where it differs from the column's own; else empty
  bool descending = false;
};

/// What orders and names the rows of a table. Empty for views, virtual tables, and tables that hide their
/// rowid.
struct TableOrder {
  std::vector<KeyPart> parts;
  std::string
      b_tree;  // behind the table's name in FROM: reads its own b-tree, never an index, which may be damaged
  bool is_rowid = false;
};

struct CatalogTable {
  SourceTable table;  // without estimates and sequence
  TableOrder order;
};

bool is_in(std::span<const std::string> names, std::string_view name);

/// All tables but SQLite's own, by name. A view that no longer works has no columns.
std::vector<CatalogTable> read_catalog(SqliteConnection& connection);
/// Throws an Error of the connection's code when there is no such table.
CatalogTable read_catalog_table(SqliteConnection& connection, const std::string& name);

/// In the table's order, hidden ones too; none where it is not there.
std::vector<std::string> column_names(SqliteConnection& connection, const std::string& table);

/// The collation of a table's column, in lower case: "binary" unless it has another.
std::string column_collation(SqliteConnection& connection, const std::string& table,
                             const std::string& column);

/// Fills in estimated_rows and estimated_bytes; looks at 1,000 rows at most.
void estimate(SqliteConnection& connection, CatalogTable& table);

/// The largest key that each table with AUTOINCREMENT has given.
std::map<std::string, std::int64_t> read_sequences(SqliteConnection& connection);
/// What these say of the table's INTEGER PRIMARY KEY.
void set_sequence(SourceTable& table, const std::map<std::string, std::int64_t>& sequences);

/// `key >= ?first...` (or `>`) in the key's own order, with one parameter a part.
std::string lower_bound_sql(const TableOrder& order, int first, bool inclusive);
/// `key < ?first...`
std::string upper_bound_sql(const TableOrder& order, int first);
/// `key = ?first...`
std::string equals_sql(const TableOrder& order, int first);
/// "rowid", "a COLLATE NOCASE, b COLLATE BINARY DESC"
std::string order_by_sql(const TableOrder& order);
/// "rowid", "a, b"
std::string key_columns_sql(const TableOrder& order);
/// `key` must outlive the steps. Throws when it is not a key of this table.
void bind_key(Statement& statement, int first, const TableOrder& order, const Key& key);

}  // namespace planrun
