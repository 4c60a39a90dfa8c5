// Chunks claimed, loaded and committed in one write transaction.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "database/target.h"
#include "sqlite/row_pipe.h"
#include "sqlite/row_writer.h"
#include "sqlite/target_file.h"

namespace planrun {

/// What one connection writes rows with, kept between chunks.
struct RowWriters {
  std::map<std::string, std::unique_ptr<RowWriter>> by_load;
  RowPipe pipe;  // behind them: at rest before they go
};

/// Does the request's `create` steps and claims the pending chunk with the lowest id. Null: none is pending,
/// and the steps are committed. `target` and `writers` outlive the transaction.
std::unique_ptr<ChunkTransaction> claim_chunk(TargetConnection& target, RowWriters& writers,
                                              const ClaimRequest& request, int worker);

}  // namespace planrun
