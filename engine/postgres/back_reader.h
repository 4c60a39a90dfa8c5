// Rows read back by binary COPY TO.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "database/target.h"
#include "postgres/context.h"
#include "postgres/copy_decoder.h"

namespace planrun {

/// What a reader asks the server for.
struct BackQuery {
  std::string begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";  // and what sets the transaction up;
                                                                          // empty: one is open, and goes on
  std::string end = "COMMIT";          // after the last row, where `begin` is not empty
  std::string give_up = "ROLLBACK";    // where the reader goes before
  std::string select;                  // its first column is the row's reference when `references`
  std::vector<DecodedColumn> columns;  // without the reference
  bool references = false;
};

/// Takes the connection until the rows are all read or the reader goes.
std::unique_ptr<BackReader> read_rows(std::shared_ptr<PostgresConnection> connection, const BackQuery& query);

/// The columns as they are selected: types that are not encoded as text.
std::string selected_columns(const TableSchema& table, std::span<const std::size_t> columns,
                             const std::string& alias);
std::vector<DecodedColumn> decoded_columns(const TableSchema& table, std::span<const std::size_t> columns);

/// What names a row of the table until somebody changes it: its ctid as text, behind its partition's oid
/// where it has one. `alias` may be empty.
std::string row_reference(const TableSchema& table, const std::string& alias);

/// The query of one part of a table.
BackQuery read_back_query(PostgresContext& context, PostgresConnection& connection, const ReadBack& request);

}  // namespace planrun
