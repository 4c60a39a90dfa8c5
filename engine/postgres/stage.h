// A chunk's rows waiting in a temporary table, where the server tells the wrong ones from the good ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "database/chunk.h"
#include "database/target.h"
#include "postgres/connection.h"

namespace planrun {

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

 private:
  bool has_before_trigger() const;
  void find_nulls(std::vector<RowFailure>& failures);
  void find_failed_checks(std::vector<RowFailure>& failures);
  void take_out(std::vector<RowFailure>& found, std::vector<RowFailure>& failures);
  /// Rows moved, or -1 when some row of the range is wrong.
  std::int64_t try_move(std::int64_t from, std::int64_t until);
  std::int64_t bisect(std::int64_t count, std::vector<RowFailure>& failures);

  PostgresConnection& connection_;
  std::string table_;
  const LoadTarget& load_;
};

/// What the server said of one row.
RowFailure failure_of(std::int64_t ordinal, const Diagnosis& diagnosis);

/// "a", "b": the load's columns.
std::string column_list(const LoadTarget& load);

}  // namespace planrun
