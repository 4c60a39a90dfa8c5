// A consistent copy of a database that may be live: the backup, and what a run and every resume read.
#pragma once

#include <filesystem>
#include <functional>

#include "database/source.h"

namespace planrun {

/// Copies `file` as `snapshot`, which is complete or absent: it is written as
/// SNAPSHOT.partial, synced and renamed. Throws Error(source) where the file cannot be read, Error(system)
/// where the copy cannot be written.
Snapshot take_snapshot(const std::filesystem::path& file, const std::filesystem::path& snapshot,
                       const CopyGrowth& growth);

/// The same, but neither synced nor kept whole: `copy` is the caller's to throw away where this throws.
void copy_database(const std::filesystem::path& file, const std::filesystem::path& copy,
                   const CopyGrowth& growth);

/// Throws Error(system) where what was written to a file, or which names a folder has, cannot be brought to
/// the disk.
void sync_to_disk(const std::filesystem::path& path);
/// The same for all files of the file system that `folder` is in: one wait for many files.
void sync_all_to_disk(const std::filesystem::path& folder);

/// `fill` writes FILE.partial, which is then synced and renamed: `file` is complete or absent.
Snapshot make_whole(const std::filesystem::path& file,
                    const std::function<void(const std::filesystem::path&)>& fill);

}  // namespace planrun
