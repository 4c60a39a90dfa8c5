// What a target file lacks or has in the way, before anything is written.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/target_file.h"

namespace planrun {

/// Reads only. Every statement of every table is tried on an empty database in memory; tables named in `ours`
/// may be in the file already.
std::vector<PreflightFinding> find_obstacles(TargetFile& file, const Dialect& dialect,
                                             std::span<const TableSchema* const> tables,
                                             std::span<const std::string> ours);

}  // namespace planrun
