// Rows read back from a target file as the target cells that were written.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "database/target.h"
#include "sqlite/handle.h"
#include "sqlite/ledger_tables.h"

namespace planrun {

/// One of `parts` disjoint parts of a table (by rowid; a table without one is part 0 as a whole).
/// next() throws Error(target) naming table and row for a value that is stored otherwise than
/// sqlite/storage.h says.
std::unique_ptr<BackReader> read_part(std::shared_ptr<SqliteConnection> connection, const ReadBack& request);

/// The rows that ReadBack::load has written, by the ledger's undo; one that is gone is left out.
std::unique_ptr<BackReader> read_written(std::shared_ptr<SqliteConnection> connection,
                                         const SqliteLedgerTables& ledger, const ReadBack& request);

/// The rows in the way of `violation`.
std::unique_ptr<BackReader> read_in_the_way(std::shared_ptr<SqliteConnection> connection,
                                            const Violation& violation, std::span<const std::size_t> columns);

/// Deletes the rows that BackReader::row_reference() named; returns how many there were.
std::int64_t delete_rows(SqliteConnection& connection, const std::string& table,
                         std::span<const std::string> references);

}  // namespace planrun
