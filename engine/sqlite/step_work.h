// A schema step done inside a transaction of its caller.
#pragma once

#include <span>
#include <string>

#include "database/target.h"
#include "sqlite/handle.h"
#include "sqlite/ledger_tables.h"

namespace planrun {

/// Statements, pending chunks and the ledger's row. Does nothing when the ledger says that the step is done.
/// Throws Error(target) with sqlstate 23505 or 23503 where rows are in the way.
void do_step_work(SqliteConnection& connection, const SqliteLedgerTables& ledger, const StepWork& work,
                  int worker);

/// Each ANALYZE ends with reading all of sqlite_stat1 again, which among thousands of tables takes longer
/// than all else: while several tables are analyzed, what is known of others waits in a temporary table.
class StatisticsAside {
 public:
  /// Inside a transaction, which must end by its rollback unless put_back() is reached.
  StatisticsAside(SqliteConnection& connection, std::span<const StepWork> works);
  void put_back();

 private:
  SqliteConnection& connection_;
  bool is_aside_ = false;
};

/// One text of a step, which may hold several statements; the orphans that a foreign key's check finds are an
/// Error with sqlstate 23503. What would end the step's transaction or leave the file is refused.
void run_step_text(SqliteConnection& connection, const std::string& sql);

}  // namespace planrun
