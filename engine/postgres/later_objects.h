// What others have made of tables of a run in PostgreSQL since, and hung on them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "database/undo.h"
#include "postgres/context.h"

namespace planrun {

/// As UndoTransaction::look() says it.
std::vector<TableState> find_later_objects(PostgresConnection& connection, const PostgresContext& context,
                                           std::span<const TableSchema* const> tables,
                                           std::span<const std::string> own);

/// As UndoTransaction::look_at() says it. In a transaction, which it leaves as it was.
std::vector<ObjectState> find_later_of_objects(PostgresConnection& connection, const PostgresContext& context,
                                               std::span<const SchemaObject* const> objects,
                                               std::span<const std::string> own);

}  // namespace planrun
