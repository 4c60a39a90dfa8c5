// A consistent copy of a database that may be live: the backup, and what a run and every resume read.
#pragma once

#include <filesystem>
#include <functional>

#include "database/source.h"

namespace planrun {

/// Copies `file` as `snapshot`, which is complete or absent: it is written as
/// SNAPSHOT.partial, synced and renamed. Throws Error(source) where the file cannot be read, Error(system)
/// where the copy cannot be written.
Snapshot take_snapshot(const std::filesystem::path& file, const std::filesystem::path& snapshot);

/// `fill` writes FILE.partial, which is then synced and renamed: `file` is complete or absent.
Snapshot make_whole(const std::filesystem::path& file,
                    const std::function<void(const std::filesystem::path&)>& fill);

}  // namespace planrun
