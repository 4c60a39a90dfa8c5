// What of a SQLite database's schema is neither table nor column: keys, constraints, indexes, triggers,
// views.
#pragma once

#include <memory>
#include <vector>

#include "database/source.h"
#include "sqlite/handle.h"

namespace planrun {

/// As Source::schema_parts() says.
std::vector<SchemaPart> read_schema_parts(std::shared_ptr<SqliteConnection> connection);

}  // namespace planrun
