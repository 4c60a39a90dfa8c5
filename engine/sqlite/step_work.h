// A schema step done inside a transaction of its caller.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/handle.h"
#include "sqlite/ledger_tables.h"

namespace planrun {

/// Statements, pending chunks and the ledger's row. False: the ledger says that the step is done, nothing was
/// done. Throws Error(target) with sqlstate 23505 or 23503 where rows are in the way.
bool do_step_work(SqliteConnection& connection, const SqliteLedgerTables& ledger, const StepWork& work,
                  int worker);

/// Of several steps, in one transaction, which must end by its rollback unless this returns. Tables that are
/// analyzed together are analyzed by one ANALYZE: each ends with reading again what is known of all tables.
void do_step_works(SqliteConnection& connection, const SqliteLedgerTables& ledger,
                   std::span<const StepWork> works, int worker);

/// One text of a step, which may hold several statements; the orphans that a foreign key's check finds are an
/// Error with sqlstate 23503. What would end the step's transaction or leave the file is refused.
void run_step_text(SqliteConnection& connection, const std::string& sql);

/// The values of guards now. Throws Error(plan) where one answers another thing than one value.
std::vector<std::string> read_guards(SqliteConnection& connection, std::span<const std::string> guards);

}  // namespace planrun
