// Rows that a run wrote into a table that exists, by the ledger's undo: which of them somebody has changed
// since, and how they are taken back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "database/target.h"
#include "postgres/context.h"

namespace planrun {

std::vector<ChangedRow> find_changed_rows(PostgresConnection& connection, const PostgresContext& context,
                                          const std::string& run, const TableSchema& table,
                                          std::size_t limit);

/// See UndoTransaction::take_back_rows(). In the transaction of its caller.
std::int64_t take_rows_back(PostgresConnection& connection, const PostgresContext& context,
                            const std::string& run, const TableSchema& table);

}  // namespace planrun
