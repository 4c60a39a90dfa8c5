// Expressions of a plan over a source table: which ones give the same value for the same row again.
#pragma once

#include <string>

#include "sqlite/handle.h"

namespace planrun {

/// Why `expr` over `rows`, as it stands behind FROM, cannot be used, in words; empty: it can. Restores what
/// it changed on the connection.
std::string refuse_expression(SqliteConnection& connection, const std::string& rows, const std::string& expr);

}  // namespace planrun
