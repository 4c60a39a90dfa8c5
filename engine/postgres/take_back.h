// Rows that a run wrote into a table that exists, by the ledger's undo: which of them somebody has changed
// since, and how they are taken back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "postgres/context.h"

namespace planrun {

/// A trigger or rule that would make something else of a DELETE or UPDATE by which a row is taken back.
struct TableHook {
  std::string kind;     // "TRIGGER", "RULE"
  std::string name;     // quoted
  std::string enabled;  // as pg_trigger.tgenabled
  std::string shown() const;
};
/// Those of a table, which is qualified and quoted. Only its owner may switch them off.
std::vector<TableHook> hooks_on_taking_back(PostgresConnection& connection, const std::string& table);

std::vector<ChangedRow> find_changed_rows(PostgresConnection& connection, const PostgresContext& context,
                                          const std::string& run, const TableSchema& table,
                                          CountedRows counted, std::size_t limit);

/// See UndoTransaction::later_writers().
std::vector<LaterWriter> find_later_writers(PostgresConnection& connection, const PostgresContext& context,
                                            const std::string& run,
                                            std::span<const TableSchema* const> tables);

/// How the sequences that fill columns of the table stand, into the ledger's undo; once a run. Those that the
/// role may not read are left out.
void keep_sequences(PostgresConnection& connection, const PostgresContext& context, const std::string& run,
                    const std::string& table);

/// See UndoTransaction::take_back_rows(). In the transaction of its caller. `after_commit`: what cannot be
/// taken back itself, and comes when all is committed.
std::int64_t take_rows_back(PostgresConnection& connection, const PostgresContext& context,
                            const std::string& run, const TableSchema& table,
                            std::vector<std::string>& after_commit);

}  // namespace planrun
