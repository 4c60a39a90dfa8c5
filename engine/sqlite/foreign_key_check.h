// The foreign keys of a row that is written into a table of others. SQLite's own check is off while a run
// loads, and no step validates such a table later.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/applied_sql.h"
#include "sqlite/handle.h"
#include "sqlite/row_writer.h"

namespace planrun {

class ForeignKeyCheck {
 public:
  /// `updated` is what an update of the load sets; none: it makes none. `binder` binds a row's cells, and
  /// outlives this, as `load` does.
  ForeignKeyCheck(SqliteConnection& connection, const LoadTarget& load, std::span<const Assignment> updated,
                  RowWriter& binder);

  /// False: a row that `row` refers to is not there, as `failure` says. A key that the load does not fill
  /// whole is not looked at.
  bool has_parents(std::span<const Cell> row, RowFailure& failure);
  /// False: the row that `row` updates would lose a value that other rows refer to.
  bool keeps_children(std::span<const Cell> row, RowFailure& failure);

 private:
  struct Asked {
    std::string column;
    std::string reason;
    std::vector<std::size_t> cells;  // nothing is asked where one of them is null
    std::unique_ptr<Statement> statement;
  };
  void add_parent(SqliteConnection& connection, const ForeignKeySchema& key);
  void add_child(SqliteConnection& connection, const std::string& child, const ForeignKeySchema& key,
                 std::span<const Assignment> updated);
  /// Absent: the row's values cannot be given, as `failure` says.
  std::optional<bool> finds(Asked& asked, std::span<const Cell> row, RowFailure& failure);

  const LoadTarget& load_;
  RowWriter& binder_;
  std::vector<Asked> parents_;
  std::vector<Asked> children_;
};

}  // namespace planrun
