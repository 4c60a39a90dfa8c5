// What a PostgreSQL target lacks or has in the way. Reads only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "postgres/context.h"

namespace planrun {

std::vector<PreflightFinding> examine_target(PostgresConnection& connection, const PostgresContext& context,
                                             std::span<const TableSchema* const> tables,
                                             std::span<const std::string> ours);

}  // namespace planrun
