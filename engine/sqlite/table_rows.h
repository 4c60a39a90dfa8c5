// The rows of a table as they stand behind FROM.
#pragma once

#include <string>

#include "sqlite/catalog.h"
#include "sqlite/source.h"

namespace planrun {

/// In the order of the table's own b-tree where it is asked for. With `added` they have that column too;
/// SQLite flattens the subquery, so that a range of keys is still sought
/// (https://www.sqlite.org/optoverview.html).
std::string rows_sql(const CatalogTable& table, const AddedColumn* added);

}  // namespace planrun
