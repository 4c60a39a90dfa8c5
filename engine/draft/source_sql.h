// Expressions of a source's declarations, in words that PostgreSQL and SQLite read alike.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/expression.h"

namespace planrun {

struct SqlColumn {
  std::string source;  // its name there
  std::string target;
  TypeKind kind = TypeKind::text;
  bool is_large = false;  // its numbers may be too large to be added and multiplied
};

struct Translated {
  std::string sql;
  ValueClass gives = ValueClass::other;
  std::vector<std::string> columns;  // by their names in the target
};

/// Absent where the meaning is not certain to be the same; `reason` says why.
std::optional<Translated> translate_expression(std::string_view sql, std::span<const SqlColumn> columns,
                                               std::string& reason);

/// Why an expression gives something else in PostgreSQL than in SQLite for letters beyond A to Z: it calls
/// lower() or upper(). Empty: it does not.
std::string why_letters_differ(std::string_view sql);

/// A default as a column of this type takes it: a constant, null (an empty text), or the clock. Absent where
/// there is no such.
std::optional<std::string> translate_default(std::string_view sql, const ColumnType& type);

/// On one line, without comments.
std::string one_line(std::string_view sql);

/// The columns that an expression names, by their names in the source.
std::vector<std::string> columns_named_in(std::string_view sql, std::span<const SqlColumn> columns);

}  // namespace planrun
