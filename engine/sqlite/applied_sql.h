// SQL of a load that meets rows. Its parameters are the cells of a row: ?1 is the first of
// LoadTarget::columns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database/target.h"

namespace planrun {

/// Place of a table's column among the loaded ones.
std::optional<std::size_t> cell_of_column(const LoadTarget& load, std::size_t column);
/// "?1"
std::string parameter(std::size_t cell);

/// `"a" = ?1 and ...` over the columns that the load goes by; `row` is "" or the row's name with its point.
std::string load_key_equals_sql(const LoadTarget& load, const std::string& row = "");
/// Of the row that is there: whether the loaded columns are equal byte for byte, row_literals_sql(), and the
/// columns that name a row.
std::string find_sql(const LoadTarget& load);

/// A column that an update sets.
struct Assignment {
  std::size_t column = 0;  // of the table
  std::string value;       // as SQL
};
std::vector<Assignment> assignments(const LoadTarget& load);
std::string update_sql(const LoadTarget& load, const std::vector<Assignment>& assigned);

/// The values of a row as SQL literals, separated by commas, in the order of the columns that can be written:
/// reading them gives the same bytes again.
std::string row_literals_sql(const TableSchema& table);
/// "a", "b": the columns of row_literals_sql().
std::string written_columns_sql(const TableSchema& table);
/// "a", "b": the columns that name a row.
std::string row_key_sql(const TableSchema& table);
/// `"k1" = ?first and ...` over the columns that name a row.
std::string row_key_equals_sql(const TableSchema& table, int first);

}  // namespace planrun
