// What a plan says in SQL, taken apart by PostgreSQL's own grammar (libpg_query 15). The grammar gives the
// shape; a table of ours gives the types and their limits, since it alone accepts varchr(20).
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/table_schema.h"

namespace planrun {

/// Bytes of a name; PostgreSQL would cut what is beyond (NAMEDATALEN - 1).
inline constexpr std::size_t kLongestName = 63;
/// Names that every table has for itself (PostgreSQL manual, 5.5 "System Columns"): no column takes one.
const std::set<std::string>& system_columns();

struct SqlFault {
  std::string message;
  std::string hint;      // "did you mean varchar?"
  int offset = 0;        // byte of the given text where it was found
  bool of_type = false;  // the type is none, or beyond its limits
};

template <typename T>
struct SqlParsed {
  std::optional<T> value;  // absent exactly when there is a fault
  SqlFault fault;
  explicit operator bool() const { return value.has_value(); }
};

/// One column's definition: "varchar(50) not null check (a > 0) references t(b) on delete cascade".
struct ColumnDefinition {
  ColumnSchema column;  // not_null also when it is the primary key or serial
  std::vector<CheckSchema> checks;
  std::vector<std::string> generated_columns;  // the columns that generated_sql mentions
  std::vector<KeySchema> keys;                 // of this column alone; names as written or empty
  std::vector<ForeignKeySchema> foreign_keys;  // foreign_columns empty where the definition names none
};
/// Exactly one column and one statement; `types` are further type names the plan vouches for.
SqlParsed<ColumnDefinition> parse_column_definition(std::string_view column, std::string_view definition,
                                                    std::span<const std::string> types);

/// A type alone: "numeric(12,2)", "text[]".
SqlParsed<ColumnType> parse_type(std::string_view type, std::span<const std::string> types);

/// One table constraint: "unique (a, b)", "constraint c check (a > b)", "foreign key (a) references t (b)",
/// "primary key (a, b)". Exactly one member is filled.
struct TableConstraint {
  std::optional<KeySchema> key;
  std::optional<ForeignKeySchema> foreign_key;
  std::optional<CheckSchema> check;
};
SqlParsed<TableConstraint> parse_table_constraint(std::string_view constraint);

/// An index: "[unique] [using METHOD] (elements) [include (...)] [where ...]".
SqlParsed<IndexSchema> parse_index(std::string_view name, std::string_view index);

/// Whether `sql` is exactly one SELECT (or VALUES), and the tables it reads, schema-qualified as written.
struct QueryShape {
  std::vector<std::string> tables;
};
SqlParsed<QueryShape> parse_query(std::string_view sql);

/// PostgreSQL's own choice for a constraint or index that nobody named: "t_a_b_key", "t_pkey", "t_a_fkey",
/// cut to 63 bytes as makeObjectName does (src/backend/commands/indexcmds.c).
std::string default_object_name(std::string_view table, std::span<const std::string> columns,
                                std::string_view label);

}  // namespace planrun
