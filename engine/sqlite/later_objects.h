// What others have hung on tables of a SQLite file.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "database/undo.h"
#include "sqlite/handle.h"

namespace planrun {

/// The state of each table: whether it is there, views that read it, triggers on it or naming it, foreign
/// keys that refer to it, and columns that are not those of the schema. Objects in `own` are the run's.
std::vector<TableState> look_for_later(SqliteConnection& connection,
                                       std::span<const TableSchema* const> tables,
                                       std::span<const std::string> own);

/// As UndoTransaction::look_at() says it. In a transaction, which it leaves as it was.
std::vector<ObjectState> look_for_later_of_objects(SqliteConnection& connection,
                                                   std::span<const SchemaObject* const> objects,
                                                   std::span<const std::string> own);

}  // namespace planrun
