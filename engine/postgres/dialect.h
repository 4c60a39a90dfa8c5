// PostgreSQL's own way to write a table.
#pragma once

#include <memory>
#include <string>

#include "database/dialect.h"

namespace planrun {

/// Statements qualify every name by `schema`.
std::unique_ptr<Dialect> postgres_dialect(const std::string& schema);

}  // namespace planrun
