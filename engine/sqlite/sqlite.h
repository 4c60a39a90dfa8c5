// SQLite as a source and as a target: what cli/ picks for a `sqlite:` url.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "database/inspector.h"
#include "database/source.h"
#include "database/target.h"

namespace planrun {

/// Throws Error(source) naming `file` when it is missing, a folder, not a database, encrypted or cut short.
/// Neither the file nor anything beside it is changed or made.
std::unique_ptr<SourceDatabase> open_sqlite_source(const std::filesystem::path& file);

/// Many files of one schema, read as one: each table has one more column, which says whose file a row is
/// from.
struct SqliteFiles {
  std::filesystem::path pattern;  // base/file_pattern.h
  std::string tenant;             // whose a file is: "{stem}"
  std::string column;             // what the column is called
};

/// A row's key is its tenant, followed by the key in its file. Throws Error(source) where no file matches, or
/// two are of one tenant; what is wrong with a file is told when it is read.
std::unique_ptr<SourceDatabase> open_sqlite_files(const SqliteFiles& files);

/// What SourceDatabase::at_snapshot() of such a source gives for `list`, also where no file matches any more.
std::unique_ptr<SourceDatabase> open_sqlite_copies(const SqliteFiles& files,
                                                   const std::filesystem::path& list);

/// The same file, to be looked into. Throws as above.
std::unique_ptr<Inspector> open_sqlite_inspector(const std::filesystem::path& file);

/// Touches nothing yet: `file` is made by the first call that writes, its folder never is. The ledger's
/// tables are `ledger_prefix`_version, `ledger_prefix`_run and so on in the same file.
std::unique_ptr<TargetDatabase> open_sqlite_target(const std::filesystem::path& file,
                                                   const std::string& ledger_prefix);

}  // namespace planrun
