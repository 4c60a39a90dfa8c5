// Runs that somebody has asked to pause, in a SQLite file.
#pragma once

#include <memory>

#include "database/pause_ledger.h"
#include "sqlite/target_file.h"

namespace planrun {

/// Its table is made with the first request.
std::unique_ptr<PauseLedger> make_sqlite_pause_ledger(std::shared_ptr<TargetFile> file);

}  // namespace planrun
