// A run taken back in one transaction of PostgreSQL.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "database/undo.h"
#include "postgres/context.h"

namespace planrun {

/// Waits for what a dead process of the run is still committing, and ends what does not end; then keeps other
/// writers off the tables. Throws a retryable Error(target) naming who holds a lock for too long.
std::unique_ptr<UndoTransaction> begin_undo(std::shared_ptr<PostgresContext> context,
                                            std::shared_ptr<PostgresConnection> connection,
                                            const std::string& run, std::span<const std::string> tables);

}  // namespace planrun
