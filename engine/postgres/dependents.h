// Rows that refer to others which are to go.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/table_schema.h"
#include "postgres/connection.h"

namespace planrun {

/// A foreign key to a table; of a partitioned table's only its own.
struct ReferringKey {
  std::string name;
  std::string table;      // whose rows refer, as SQL has it
  std::string on_delete;  // " on delete cascade", ...; empty: the server refuses
  std::string joined;     // CHILD.a = PARENT.b AND ...
  bool is_of_itself = false;
};
/// Those to `table` (as SQL has it); `child` and `parent` are the names of the rows in `joined`.
std::vector<ReferringKey> referring_keys(PostgresConnection& connection, const std::string& table,
                                         const std::string& child, const std::string& parent);

/// What names rows of `table` in a WHERE over it as t, by one parameter: an array of
/// BackReader::row_reference().
std::string named_rows_sql(const TableSchema& table);

/// Throws Error(rejected) where rows refer to those of `table` (`name`: as SQL has it) that `references`, an
/// array, names: ON DELETE would change them, or the server refuse.
void refuse_dependents(PostgresConnection& connection, const TableSchema& table, const std::string& name,
                       const std::string& references);

}  // namespace planrun
