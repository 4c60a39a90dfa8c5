// What is kept of verifications in PostgreSQL, beside the ledger's tables.
#pragma once

#include <memory>

#include "database/watch_ledger.h"
#include "postgres/context.h"

namespace planrun {

/// With `create` its tables are made when absent, also in a ledger that was made before there were any.
std::unique_ptr<WatchLedger> open_postgres_watch_ledger(std::shared_ptr<PostgresContext> context,
                                                        bool create);

}  // namespace planrun
