// Rows that meet rows: what each mode of writing does with a chunk that waits in the stage, and how it can be
// taken back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "database/chunk.h"
#include "database/target.h"
#include "postgres/context.h"
#include "postgres/stage.h"

namespace planrun {

/// One chunk of a load with LoadTarget::is_applied(), inside its transaction, which must be REPEATABLE READ.
/// In a table that exists, each row written leaves a row in the ledger's undo: op insert, update or same
/// (found equal), its key (JSON array of texts), what it was before (the row as text) and MD5 of what it is
/// now.
class Apply {
 public:
  /// `stage` and `load` outlive this object.
  Apply(PostgresConnection& connection, const PostgresContext& context, Stage& stage, const LoadTarget& load,
        std::string run, std::int64_t chunk);
  /// Writes the stage's rows, whose ordinals lie below `count`, into the table.
  Flushed run(std::int64_t count);

 private:
  void take_null_keys(Flushed& flushed);
  void set_later_rows_aside();
  void take_rows_of_this_run(Flushed& flushed);
  void take_rows_of_others(Flushed& flushed);
  void write(std::int64_t count, Flushed& flushed);
  bool take_later_rows();

  std::int64_t update(const std::string& range);
  std::int64_t insert(const std::string& range);
  std::string undo_into() const;

  std::string staged(std::size_t column, const std::string& alias) const;
  std::string same_key(const std::string& target, const std::string& stage) const;
  std::string equal_rows(const std::string& a, bool a_is_stage, const std::string& b) const;
  std::string row_key(const std::string& alias) const;

  PostgresConnection& connection_;
  Stage& stage_;
  const LoadTarget& load_;
  std::string table_;
  std::string undo_;
  std::string run_;
  std::string chunk_;
};

/// The alias of a row of the target's table.
inline constexpr const char* kRow = "\"planrun_row\"";

/// "[\"12\",\"a\"]" of a row: its key as JSON of texts, as undo keeps it.
std::string row_key_sql(const TableSchema& table, const std::string& alias);
/// `alias` is the row that the undo row `undo` is about.
std::string is_row_of_undo(const TableSchema& table, const std::string& alias, const std::string& undo);

}  // namespace planrun
