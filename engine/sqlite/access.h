// How a database file is read without changing a byte of it, and without making a file beside it.
//
// SQLite itself would: a connection to a file with a WAL makes or writes FILE-shm, and one to a file with a
// hot journal (what a killed writer left) rolls it back in place. `immutable=1` prevents both, and silently
// reads wrong data there, so it is only used where neither stands beside the file.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <sqlite3.h>

#include "base/error.h"
#include "sqlite/handle.h"

namespace planrun {

enum class AccessKind {
  immutable,     // nobody writes it: no lock is taken
  locked,        // SQLite's shared lock
  wal,           // the WAL beside it is read as well, FILE-shm is only read
  private_copy,  // a copy in a folder of its own, recovered there
};

enum class Writers {
  absent,  // a source: a file without WAL and journal is read as immutable
  likely,  // a target, or a source that is copied while it lives: locks are taken
};

/// What was found out about one file at one moment.
struct Access {
  AccessKind kind = AccessKind::immutable;
  std::filesystem::path file;        // what to open: the file or its copy
  std::shared_ptr<const void> copy;  // owns the copy's folder
  std::string notice;                // for people; empty: nothing to say
};

/// Throws Error(`code`) naming the file when it is missing, a folder, unreadable, not a database or cut
/// short.
Access find_access(const std::filesystem::path& file, Writers writers, ErrorCode code);
/// A read-only connection. `shown` and `code` go into its errors.
std::shared_ptr<SqliteConnection> open_for_reading(const Access& access, const std::string& shown,
                                                   ErrorCode code);

/// Size, mtime and change counter of the file, size and mtime of its WAL and journal: differs once it was
/// written.
std::string file_state(const std::filesystem::path& file);

}  // namespace planrun
