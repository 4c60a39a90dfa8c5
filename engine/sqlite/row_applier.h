// Rows that meet rows: what each mode of writing does with a row, and how it can be taken back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "database/target.h"
#include "sqlite/foreign_key_check.h"
#include "sqlite/handle.h"
#include "sqlite/ledger_tables.h"
#include "sqlite/row_writer.h"

namespace planrun {

enum class Applied { inserted, updated, unchanged, left, merged, refused };

/// Writes rows of a load with LoadTarget::is_applied(), one by one, in the write transaction of its caller.
/// In a table that exists each row written leaves a row in the ledger's undo: op insert, update or same
/// (found equal), its key (data/key.h), what it was before (the values as SQL literals) and XXH3-128 of what
/// it is now in the same form; a row that `insert_missing` let be leaves its key alone, op left.
class RowApplier {
 public:
  /// `load` and its table outlive this object.
  RowApplier(std::shared_ptr<SqliteConnection> connection, const SqliteLedgerTables& ledger,
             const LoadTarget& load, std::string run);
  Applied apply(std::span<const Cell> row, std::int64_t chunk, RowFailure& failure);

 private:
  struct Found {
    Key key;
    std::string values;
    bool same = false;
  };
  bool has_null_key(std::span<const Cell> row, RowFailure& failure) const;
  std::optional<Found> find(std::span<const Cell> row, RowFailure& failure);
  std::optional<std::string> load_that_wrote(const Key& key);
  Applied meet(std::span<const Cell> row, const Found& found, std::int64_t chunk, RowFailure& failure);
  Applied insert(std::span<const Cell> row, std::int64_t chunk, RowFailure& failure);
  /// What a row of `row` tells of one of the table: its values from the column `first`, then its key.
  Found found_in(Statement& row, int first) const;
  /// The row of this key as it is now. An update may have changed how its key is written: its collation finds
  /// it by both.
  Found row_of(const Key& key);
  void note_left(std::int64_t chunk, const Key& key);
  void write_undo(std::int64_t chunk, const Key& key, const char* op, const std::string* before,
                  const std::string& after);

  std::shared_ptr<SqliteConnection> connection_;
  const LoadTarget& load_;
  std::string run_;
  std::vector<std::size_t> key_cells_;  // places in a row of the columns that `write` goes by
  RowWriter inserter_;
  std::unique_ptr<RowWriter> updater_;
  std::unique_ptr<Statement> find_;
  std::unique_ptr<Statement> inserted_;
  std::unique_ptr<Statement> by_key_;
  std::unique_ptr<Statement> writer_of_;
  std::unique_ptr<Statement> undo_;
  std::unique_ptr<Statement> left_;
  std::optional<ForeignKeyCheck> foreign_keys_;  // of a table that exists
};

}  // namespace planrun
