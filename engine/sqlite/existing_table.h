// A table that is there before the run, as the target file's schema has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/handle.h"

namespace planrun {

/// Every ordinary table, by name; SQLite's own are left out.
std::vector<std::string> read_table_names(SqliteConnection& connection);

/// Of an ordinary table, without those that do not say which columns they lead to.
std::vector<ForeignKeySchema> foreign_keys_of(SqliteConnection& connection, const std::string& table);

/// Types are `other` with the declaration as their text. Absent: there is no such table.
std::optional<ExistingTable> read_existing_table(SqliteConnection& connection, const std::string& name);

}  // namespace planrun
