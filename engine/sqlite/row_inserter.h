// Target cells -> rows of a table. SQLite tells each wrong row at once, and undoes it alone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/handle.h"
#include "sqlite/storage.h"

namespace planrun {

class RowInserter {
 public:
  RowInserter(std::shared_ptr<SqliteConnection> connection, const LoadTarget& load);

  /// False: the target refused the row; `failure` says why (its ordinal is the caller's). Throws for anything
  /// else.
  bool insert(std::span<const Cell> row, RowFailure& failure);

 private:
  bool refuse(int rc, RowFailure& failure);
  std::string column_in(const std::string& message) const;

  std::shared_ptr<SqliteConnection> connection_;
  const TableSchema* table_;
  std::vector<StoredColumn> columns_;
  std::vector<std::string> names_;
  std::vector<std::string> scratch_;
  std::size_t rowid_ = SIZE_MAX;  // the cell that is the rowid
  std::unique_ptr<Statement> statement_;
};

}  // namespace planrun
