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

class RowWriter {
 public:
  /// `sql` writes one row: its nth parameter is the nth loaded column. An INSERT unless given.
  RowWriter(std::shared_ptr<SqliteConnection> connection, const LoadTarget& load,
            const std::string& sql = "");

  /// False: the target refused the row; `failure` says why (its ordinal is the caller's). Throws for anything
  /// else.
  bool write(std::span<const Cell> row, RowFailure& failure);
  /// The row's values as parameters of another statement, which need not have all of them and must be stepped
  /// before the next call.
  bool bind(Statement& statement, std::span<const Cell> row, RowFailure& failure);

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
