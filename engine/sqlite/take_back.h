// Rows that a run wrote into a table that exists, by the ledger's undo: which of them somebody has changed
// since, how they are read back, and how they are taken back.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/handle.h"
#include "sqlite/ledger_tables.h"

namespace planrun {

std::vector<ChangedRow> find_changed_rows(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                                          const std::string& run, const TableSchema& table,
                                          CountedRows counted, std::size_t limit);

/// See UndoTransaction::later_writers().
std::vector<LaterWriter> find_later_writers(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                                            const std::string& run,
                                            std::span<const TableSchema* const> tables);

/// How the table's AUTOINCREMENT stands, into the ledger's undo; once a run.
void keep_sequence(SqliteConnection& connection, const SqliteLedgerTables& ledger, const std::string& run,
                   const std::string& table);

/// See UndoTransaction::take_back_rows(). In the write transaction of its caller.
std::int64_t take_rows_back(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                            const std::string& run, const TableSchema& table);

}  // namespace planrun
