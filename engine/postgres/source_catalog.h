// What a PostgreSQL schema holds, as a source: its tables, whole, and the key that orders each one's rows.
#pragma once

#include <string>
#include <vector>

#include "database/source.h"
#include "postgres/connection.h"

namespace planrun {

/// One column of the key that a table is read by.
struct SourceKeyPart {
  std::string column;
  TypeKind kind = TypeKind::text;
  std::string type_sql;  // without limits: what a key's text is cast to

  /// It travels as a number; all others as text.
  bool is_integer() const {
    return kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint;
  }
};

struct PostgresTable {
  SourceTable table;
  /// The primary key, or a unique key that holds no null; empty: rows are read as they come, and only whole.
  std::vector<SourceKeyPart> key;
  std::string rows_sql{};     // a query of some of its rows, in its place; empty: all of them
  bool has_children = false;  // a partitioned table: its rows are in others
  std::int64_t blocks = 0;  // that its rows stand in, where they can be read by block (PostgreSQL 14); else 0
};

/// Tables, views and foreign tables of the schema, by name. Throws Error(source) where there is no such
/// schema.
std::vector<PostgresTable> read_source_catalog(PostgresConnection& connection, const std::string& schema);

}  // namespace planrun
