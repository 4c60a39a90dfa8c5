// What no pragma tells of a table: its checks, the expressions of its generated columns, and the like, read
// off the CREATE statements that SQLite keeps as they were written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "database/inspector.h"

namespace planrun {

struct TableSql {
  struct Generated {
    std::string column;
    std::string sql;
  };
  std::vector<SourceCheck> checks;
  std::vector<Generated> generated;
  std::vector<bool> deferred;          // one a foreign key, in the order of the declaration
  std::vector<std::string> conflicts;  // "REPLACE", "IGNORE", ...: of ON CONFLICT clauses
};
TableSql read_table_sql(std::string_view create_table);

struct IndexSql {
  std::vector<std::string> elements;  // one a part, as written
  std::string where;
};
IndexSql read_index_sql(std::string_view create_index);

}  // namespace planrun
