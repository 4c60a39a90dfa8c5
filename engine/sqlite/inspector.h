// A SQLite database looked into: declarations from its pragmas, orphans and duplicates by queries.
#pragma once

#include <memory>

#include "database/inspector.h"
#include "sqlite/handle.h"

namespace planrun {

/// What is told of a database beside its content.
struct ShownDatabase {
  std::string url;
  std::vector<std::string> notices;
};

/// `source` reads through `connection`.
std::unique_ptr<Inspector> make_inspector(std::shared_ptr<SqliteConnection> connection,
                                          std::unique_ptr<Source> source, ShownDatabase shown);

}  // namespace planrun
