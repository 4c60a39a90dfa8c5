// What is kept of verifications in a SQLite file, beside the ledger's tables.
#pragma once

#include <memory>

#include "database/watch_ledger.h"
#include "sqlite/target_file.h"

namespace planrun {

/// With `create` its tables are made when absent, also in a ledger that was made before there were any.
std::unique_ptr<WatchLedger> make_sqlite_watch_ledger(std::shared_ptr<TargetFile> file, bool create);

}  // namespace planrun
