// The ledger of a target file.
#pragma once

#include <memory>

#include "database/ledger.h"
#include "sqlite/target_file.h"

namespace planrun {

/// With `create` the file and the ledger's tables are made where they are missing. Throws Error(refused) for
/// a ledger of another version.
std::unique_ptr<Ledger> make_sqlite_ledger(std::shared_ptr<TargetFile> file, bool create);

}  // namespace planrun
