// A chunk's rows waiting in a temporary table, where the server tells the wrong ones from the good ones.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "database/chunk.h"
#include "database/target.h"
#include "postgres/connection.h"

namespace planrun {

/// Rows that got from the stage into the table.
struct Moved {
  std::int64_t rows = 0;
  std::int64_t rows_updated = 0;  // of them, those that were there and changed
};

/// Lives inside one transaction, between two savepoints of it.
class Stage {
 public:
  /// `table` is qualified and quoted; `load` outlives this object.
  Stage(PostgresConnection& connection, std::string table, const LoadTarget& load);
  /// The columns as loaded, without any constraint, and "planrun_ordinal" behind them.
  void create();
  /// The relation and columns to COPY into.
  std::string copy_target() const;
  /// Moves the rows into the table, in the order of their ordinals (0 to `count`, holes allowed), and drops
  /// the stage. Tells the rows that the table refused. Throws Error(target) when a trigger dropped some.
  std::vector<RowFailure> move(std::int64_t count, std::int64_t rows);

  /// For whoever decides himself how rows get into the table: `write` puts those of a range (a condition over
  /// the stage's ordinals) there, and is tried again with halves of it where the server refuses a row.
  using WriteRange = std::function<Moved(const std::string& range)>;
  Moved write_by(const WriteRange& write, std::int64_t count, std::int64_t rows,
                 std::vector<RowFailure>& failures);
  static const char* name();
  /// "planrun_ordinal", quoted.
  static const char* ordinal();
  const std::string& table() const { return table_; }
  void drop();

 private:
  bool has_before_trigger() const;
  void find_nulls(std::vector<RowFailure>& failures);
  void find_failed_checks(std::vector<RowFailure>& failures);
  void find_without_place(std::vector<RowFailure>& failures);
  void take_out(std::vector<RowFailure>& found, std::vector<RowFailure>& failures);
  Moved insert(const std::string& range);
  /// Absent when some row of the range is wrong.
  std::optional<Moved> try_write(const WriteRange& write, std::int64_t from, std::int64_t until);
  Moved bisect(const WriteRange& write, std::int64_t count, std::vector<RowFailure>& failures);

  PostgresConnection& connection_;
  std::string table_;
  const LoadTarget& load_;
};

/// What the server said of one row.
RowFailure failure_of(std::int64_t ordinal, const TableSchema& table, const Diagnosis& diagnosis);

/// "a", "b": the load's columns.
std::string column_list(const LoadTarget& load);

}  // namespace planrun
