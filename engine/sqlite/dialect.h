// A target table in SQLite's words.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "database/dialect.h"

namespace planrun {

std::unique_ptr<Dialect> make_sqlite_dialect();

/// The primary key column that is the rowid itself; null: there is none.
const ColumnSchema* rowid_column(const TableSchema& table);
/// The one whose keys SQLite counts in sqlite_sequence (AUTOINCREMENT); null: there is none.
const ColumnSchema* counted_column(const TableSchema& table);

/// Rows of `table` that break its nth foreign key: columns "table", rowid, parent, fkid.
std::string orphans_sql(const TableSchema& table, std::size_t foreign_key);

/// What an index is over, one expression an element, without its order.
std::vector<std::string> index_expressions(const IndexSchema& index);

}  // namespace planrun
