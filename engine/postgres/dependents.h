// Rows that refer to others which are to be taken out.
#pragma once

#include <span>
#include <string>

#include "data/table_schema.h"
#include "postgres/connection.h"

namespace planrun {

/// What names rows of `table` (`name`: as SQL has it) in a WHERE over it as t, by one parameter: an array of
/// BackReader::row_reference().
std::string named_rows_sql(const TableSchema& table);

/// Throws Error(rejected) where a foreign key makes other rows of the database refer to those that
/// `references` (an array) names: its ON DELETE would change them, or the server refuse.
void refuse_dependents(PostgresConnection& connection, const TableSchema& table, const std::string& name,
                       const std::string& references);

}  // namespace planrun
