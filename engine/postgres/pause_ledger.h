// Runs that somebody has asked to pause, in PostgreSQL.
#pragma once

#include <memory>

#include "database/pause_ledger.h"
#include "postgres/context.h"

namespace planrun {

/// With `create` its table is made when absent, also in a ledger that was made before there was one.
std::unique_ptr<PauseLedger> open_postgres_pause_ledger(std::shared_ptr<PostgresContext> context,
                                                        bool create);

}  // namespace planrun
