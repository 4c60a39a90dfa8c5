// What a table's definitions say, parsed: before its source is known, and again when `inherit` has been
// filled in.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/table_schema.h"
#include "plan/plan.h"

namespace planrun {

struct TableShape {
  std::string target;
  Position at;
  TableSchema schema;          // declared columns; names of keys as written or empty
  bool open = false;           // more columns come from a source (`inherit`) or the target (`exists`)
  bool incomplete = false;     // some of it could not be read; that has been reported
  std::size_t inherit_at = 0;  // where in schema.columns the inherited ones stand
  // Of schema.columns, keys, foreign_keys, indexes and checks, in their order.
  std::vector<Position> column_at;
  std::vector<Position> key_at;
  std::vector<Position> foreign_key_at;
  std::vector<Position> index_at;
  std::vector<Position> check_at;
  std::vector<std::vector<std::string>> generated_columns;  // that each column's generated_sql mentions
};

/// `text` is the plan file's, for positions inside strings; `types` what the target vouches for.
TableShape read_table_shape(const PlanTable& table, std::span<const std::string> types,
                            const std::string& text, Diagnostics& diagnostics);

/// What the table's target vouches for.
std::span<const std::string> types_of(const Plan& plan, const PlanTable& table);

/// Reports keys, indexes, checks and generated columns that name no column. Does nothing while the table is
/// open.
void check_columns_exist(const TableShape& table, Diagnostics& diagnostics);

/// Reports keys and indexes over columns whose type their method cannot compare; of columns that are not
/// known yet nothing.
void check_index_types(const TableShape& table, Diagnostics& diagnostics);

/// The columns that elements of the index are, without a function or an operator class.
std::vector<std::string> plain_columns(const IndexSchema& index);

/// Reports partitions and a distribution that the target would refuse: over columns that are not there or do
/// not compare, bounds that overlap, keys without the columns that rows are divided by.
void check_division(const PlanTable& plan, const TableShape& table, Diagnostics& diagnostics);

/// Reports foreign keys that nodes of a cluster cannot look after: both tables are on every node, or their
/// rows stand together.
void check_distributed_keys(std::span<const TableShape> tables, Diagnostics& diagnostics);

/// Reports foreign keys to no table, to no column, to columns that are not a key, or to such
/// as do not compare; what an open table could
/// still bring is left for later.
void check_foreign_keys(std::span<const TableShape> tables, Diagnostics& diagnostics);

/// "column `x` of [table.t]"
std::string shown_column(const std::string& table, const std::string& column);
std::vector<std::string> column_names(const TableSchema& table);

}  // namespace planrun
