// A table that is there before the run, as the server's catalog has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database/target.h"
#include "postgres/context.h"

namespace planrun {

/// See TargetDatabase::table_names(). Partitions are their table's.
std::vector<std::string> read_table_names(PostgresConnection& connection, const PostgresContext& context);

/// Absent: there is no ordinary table of that name in the plan's schema.
std::optional<ExistingTable> read_existing_table(PostgresConnection& connection,
                                                 const PostgresContext& context, const std::string& name);

}  // namespace planrun
