// A run taken back in one transaction of a SQLite file.
#pragma once

#include <memory>
#include <string>

#include "database/undo.h"
#include "sqlite/target_file.h"

namespace planrun {

/// Holds the file's write lock until it goes; readers go on until the commit.
std::unique_ptr<UndoTransaction> begin_undo(TargetConnection& target, const std::string& run);

}  // namespace planrun
