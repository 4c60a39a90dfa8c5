// What becomes of a column's values when its type changes.
#pragma once

#include <string_view>

#include "data/column_type.h"

namespace planrun {

enum class TypeChange {
  same,
  widened,   // holds every value that the old one holds, unchanged
  narrowed,  // does not hold all of them: those are rejected
  lossy,     // holds them, but not exactly
  other,     // another kind of value: they are read, compared and stored otherwise
};
std::string_view to_string(TypeChange change);

/// By PostgreSQL's types (manual, chapter 8).
TypeChange type_change(const ColumnType& old_type, const ColumnType& new_type);

}  // namespace planrun
