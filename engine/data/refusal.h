// What is said of a row that no place takes, whoever finds it: the engine, or a target in words of its own.
#pragma once

#include <string>

#include "data/table_schema.h"

namespace planrun {

/// "no row of people has this (person): foreign key orders_person_fkey"
std::string no_parent_reason(const ForeignKeySchema& key);

/// "no partition of table orders takes this year"; of several columns "this (year, region)". Of a table that
/// is divided.
std::string no_partition_reason(const TableSchema& table);

}  // namespace planrun
