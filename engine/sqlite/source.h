// One SQLite file as a source reads it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "database/source.h"
#include "sqlite/access.h"

namespace planrun {

/// A column that every table of a file has beside its own, with the same text in each row: what the file is
/// called where it is one of many.
struct AddedColumn {
  std::string name;
  std::string value;
};

/// `access` is what was found out about `file`.
std::shared_ptr<SqliteConnection> open_as_source(const Access& access, const std::filesystem::path& file,
                                                 Writers writers);

/// Reads through `connection`.
std::unique_ptr<Source> make_sqlite_source(std::shared_ptr<SqliteConnection> connection,
                                           std::optional<AddedColumn> added = std::nullopt);

}  // namespace planrun
