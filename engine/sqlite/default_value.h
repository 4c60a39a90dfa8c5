// DEFAULTs of a plan (PostgreSQL's expressions) in SQLite's words.
#pragma once

#include <optional>
#include <string>

#include "data/table_schema.h"

namespace planrun {

/// What stands behind DEFAULT in CREATE TABLE; absent where SQLite has no such default. `column.default_sql`
/// is not empty.
std::optional<std::string> default_value(const ColumnSchema& column);

}  // namespace planrun
