// A chunk as one transaction of PostgreSQL.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "postgres/context.h"

namespace planrun {

/// Begins a transaction, does what the request says comes first, and claims a pending chunk. Null: none is
/// pending; what came first is committed then.
std::unique_ptr<ChunkTransaction> claim_chunk(std::shared_ptr<PostgresContext> context,
                                              std::shared_ptr<PostgresConnection> connection,
                                              const ClaimRequest& request, int worker);

/// The values of guards now. Throws Error(plan) where one answers another thing than one value.
std::vector<std::string> read_guards(PostgresConnection& connection, std::span<const std::string> guards);

}  // namespace planrun
