// The ledger in PostgreSQL.
#pragma once

#include <memory>

#include "database/ledger.h"
#include "postgres/context.h"

namespace planrun {

std::unique_ptr<Ledger> open_postgres_ledger(std::shared_ptr<PostgresContext> context, bool create);

}  // namespace planrun
