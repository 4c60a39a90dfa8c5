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

/// Every object tried in memory beside the empty tables: what SQLite cannot read, triggers that do not appear
/// by their name on their table. What names something that only the target holds is left to it.
std::vector<PreflightFinding> find_faulty_objects(const Dialect& dialect,
                                                  std::span<const TableSchema* const> tables,
                                                  std::span<const SchemaObject> objects);

}  // namespace planrun
