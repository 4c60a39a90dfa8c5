// A chunk as one transaction of PostgreSQL.
#pragma once

#include <memory>

#include "database/target.h"
#include "postgres/context.h"

namespace planrun {

/// Begins a transaction, does what the request says comes first, and claims a pending chunk. Null: none is
/// pending; what came first is committed then.
std::unique_ptr<ChunkTransaction> claim_chunk(std::shared_ptr<PostgresContext> context,
                                              std::shared_ptr<PostgresConnection> connection,
                                              const ClaimRequest& request, int worker);

}  // namespace planrun
