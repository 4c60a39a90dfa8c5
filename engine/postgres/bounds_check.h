// The bounds of a plan's partitions as the server reads and compares them, before anything is made of them.
#pragma once

#include <string>
#include <vector>

#include "data/table_schema.h"
#include "postgres/connection.h"

namespace planrun {

/// What the server would refuse of the table's partitions, each with its place in the plan; inside a
/// transaction, which stays usable. The types of the table's columns are known to the server.
std::vector<std::string> find_wrong_bounds(PostgresConnection& connection, const TableSchema& table);

}  // namespace planrun
