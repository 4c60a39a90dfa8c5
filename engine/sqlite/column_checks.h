// What SQLite says of the columns and CHECK constraints that the plan has given a table.
#pragma once

#include <string>

#include "data/table_schema.h"

namespace planrun {

/// SQL that answers `all` where each column of the table stands as the plan has it: there, NOT NULL, with a
/// default or computed where the plan says so; else `all but NAME, ...`. What a column is beyond that is not
/// told, nor is the text of an expression compared.
std::string standing_columns_in_sqlite(const TableSchema& table);
/// SQL that answers `all` where the table's own text has each of its CHECKs, but for blanks and the case of
/// letters; else `all but NAME, ...`.
std::string standing_checks_in_sqlite(const TableSchema& table);

}  // namespace planrun
