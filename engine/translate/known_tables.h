// What a source's SQL may read: its tables and views, with what of their values holds for certain on both
// sides.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/identifiers.h"

namespace planrun {

/// What a value is to an expression, in SQLite and in PostgreSQL alike.
enum class ValueKind {
  null,     // the word NULL
  truth,    // 0 or 1; boolean
  integer,  // 64 bits; bigint
  decimal,  // an integer or a double; numeric, its shortest decimal
  real,     // a double, or an integer that one holds; double precision
  text,     // UTF-8 without NUL, compared by its bytes; text, varchar
  other,    // passed on as it is, or asked whether it is null
};

struct KnownColumn {
  std::string source;  // its name there
  std::string target;
  ValueKind kind = ValueKind::other;
  std::string type{};         // of the target: two that are `other` mix where it is the same
  double limit = 0;           // no number of it is beyond, either way
  bool surely_real = false;   // never an integer to SQLite: `/` does not cut
  bool has_affinity = false;  // SQLite brings a literal that it is compared with to its own kind
  bool byte_ordered = false;  // its collation in the target is "C" already
  bool computed = false;      // a real that may be -0.0
  bool generated = false;
  bool numbered = false;      // INTEGER PRIMARY KEY
  bool lost_default = false;  // the target does not have the default that the source has
  std::string reason{};       // of `other`: why, as the end of "`name` ..."
};

struct KnownTable {
  std::string source;
  std::string target;
  std::vector<KnownColumn> columns{};
  /// Columns, by their names in the source, of which no two rows hold the same, but for nulls.
  std::vector<std::vector<std::string>> keys{};
  std::string refused{};  // why nothing can read it; empty: it can be read
  bool is_view = false;
};

using KnownTables = std::vector<KnownTable>;

/// Names are the same whatever their case. Null where there is none.
const KnownTable* find_table(const KnownTables& tables, std::string_view name);
const KnownColumn* find_column(const KnownTable& table, std::string_view name);

}  // namespace planrun
