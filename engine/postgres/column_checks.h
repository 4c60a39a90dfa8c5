// What the catalog says of the columns and CHECK constraints that the plan has given a table.
#pragma once

#include <string>

#include "data/table_schema.h"

namespace planrun {

/// SQL that answers `all` where each column of the table stands as the plan has it: there, NOT NULL, with a
/// default, numbered or computed where the plan says so; else `all but NAME, ...`. What a column is beyond
/// that (a default of somebody else's) is not told, nor is the text of an expression compared. `oid`: SQL of
/// the table's.
std::string standing_columns(const TableSchema& table, const std::string& oid);
/// SQL that answers `all` where the table has each of its CHECK constraints, by name, and none of them is NOT
/// VALID; else `all but NAME, ...`. Their text is not compared.
std::string standing_checks(const TableSchema& table, const std::string& oid);

}  // namespace planrun
