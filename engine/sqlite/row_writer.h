// Target cells -> rows of a table. SQLite tells each wrong row at once, and undoes it alone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/handle.h"
#include "sqlite/row_batch.h"
#include "sqlite/row_feed.h"
#include "sqlite/storage.h"

namespace planrun {

class RowWriter {
 public:
  /// `sql` writes one row: its nth parameter is the nth loaded column. An INSERT unless given.
  RowWriter(std::shared_ptr<SqliteConnection> connection, const LoadTarget& load,
            const std::string& sql = "");
  ~RowWriter();
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  /// False: the target refused the row; `failure` says why (its ordinal is the caller's). Throws for anything
  /// else.
  bool write(std::span<const Cell> row, RowFailure& failure);
  /// All rows of a batch, by the INSERT; those refused are added to `failures`, the batch's first row being
  /// the `first`. Foreign keys are off.
  void write(const RowBatch& rows, std::int64_t first, std::vector<RowFailure>& failures);
  /// The row's values as parameters of another statement, which need not have all of them and must be stepped
  /// before the next call.
  bool bind(Statement& statement, std::span<const Cell> row, RowFailure& failure);

 private:
  class BatchFeed;
  /// The values as SQLite stores them go to stored_.
  bool store(std::span<const Cell> row, RowFailure& failure);
  bool has_rowid(std::span<const Cell> row, RowFailure& failure) const;
  void require_written(std::int64_t rows) const;
  bool refuse(Statement& statement, int rc, RowFailure& failure);
  [[noreturn]] static void throw_and_reset(Statement& statement, int rc);
  std::string column_in(const std::string& message) const;

  std::shared_ptr<SqliteConnection> connection_;
  std::string load_;
  const TableSchema* table_;
  std::vector<StoredColumn> columns_;
  std::vector<std::string> names_;
  std::vector<std::string> scratch_;  // bytes of stored_
  std::vector<Cell> stored_;
  std::size_t rowid_ = SIZE_MAX;  // the cell that is the rowid
  std::unique_ptr<Statement> statement_;
  // Made with the first batch.
  std::unique_ptr<BatchFeed> feed_;
  std::unique_ptr<FeedTable> feed_table_;
  std::unique_ptr<Statement> insert_all_;
};

}  // namespace planrun
