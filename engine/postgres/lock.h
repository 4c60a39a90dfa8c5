// The locks of a run: advisory, held by the ledger's connection as long as it lives.
#pragma once

#include <span>
#include <string>

#include "postgres/context.h"

namespace planrun {

/// Takes the plan's lock and one for each table. Throws Error(refused), holding none, when somebody has one
/// of them, or when the latest run of another plan on one of the tables has not ended well.
void take_run_locks(PostgresConnection& connection, const PostgresContext& context, const std::string& plan,
                    std::span<const std::string> tables);

/// Whether anybody holds the plan's lock.
bool is_plan_locked(PostgresConnection& connection, const PostgresContext& context, const std::string& plan);

/// See Ledger::take_number().
int take_free_number(PostgresConnection& connection, const PostgresContext& context, const std::string& run,
                     int from);

}  // namespace planrun
