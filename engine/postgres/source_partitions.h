// How the divided tables of a PostgreSQL schema are divided.
#pragma once

#include <map>
#include <string>

#include "database/inspector.h"
#include "postgres/connection.h"

namespace planrun {

/// By table; partitions of partitions are told as what a partition has of its own, not here.
std::map<std::string, DivisionDeclaration> read_divisions(PostgresConnection& connection,
                                                          const std::string& schema);

}  // namespace planrun
