// Some rows of a database as a database of its own: what a rehearsal reads.
#pragma once

#include <filesystem>
#include <vector>

#include "database/source.h"
#include "sqlite/handle.h"

namespace planrun {

/// Fills the new file `to`, as SourceDatabase::subset says. Values, storage classes, rowids, the order of
/// keys and the database's encoding stay what they are.
void write_subset(SqliteConnection& from, const std::vector<TableRows>& rows,
                  const std::filesystem::path& to);

}  // namespace planrun
