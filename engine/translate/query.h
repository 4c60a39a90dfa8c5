// SQLite's SELECT in PostgreSQL's words: the same rows, whatever is in the tables.
#pragma once

#include <string>
#include <vector>

#include "translate/scope.h"

namespace planrun {

struct QueryColumn {
  std::string name;
  SqlValue value;
};

struct Query {
  std::string sql;
  std::vector<QueryColumn> columns{};
  bool at_most_one = false;  // row
  SqlValue uses{};           // columns of the queries around it
};

struct QueryWish {
  std::vector<std::string> names{};  // of its columns; empty: its own
  bool any_row = false;              // only whether there is one counts
  bool on_lines = false;             // a line for each clause
  bool named = false;                // its columns are asked for by name
};

/// Reads from SELECT or WITH to the end of the query. `outer` may be null. Throws Uncertain.
Query read_query(Translating& in, const Scope* outer, const QueryWish& wish);

/// The tables behind FROM, as PostgreSQL reads them; fills `scope`. Columns of the queries around go into
/// `uses`.
std::string read_from(Translating& in, Scope& scope, SqlValue& uses, bool on_lines);

/// As columns of a table of this name.
ScopeTable scope_table(const KnownTable& table, const std::string& name);

}  // namespace planrun
