// The ledger's tables in a SQLite file, and what is written to them inside a transaction of its caller.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "database/ledger.h"
#include "sqlite/handle.h"

namespace planrun {

/// A ledger of another version is refused by name, never changed. Version 2: plan text, scripts, times and
/// workers.
inline constexpr std::int64_t kLedgerVersion = 4;

/// Names, quoted. Any thread; each call uses its caller's connection and transaction.
class SqliteLedgerTables {
 public:
  SqliteLedgerTables(std::string file, const std::string& prefix);

  /// Throws Error(refused) for a ledger of another version.
  bool are_in(SqliteConnection& connection) const;
  void create(SqliteConnection& connection) const;

  bool is_step_done(SqliteConnection& connection, const std::string& run, const std::string& step) const;
  /// State done, whatever `step` says.
  void mark_step_done(SqliteConnection& connection, const std::string& run, const StepRecord& step) const;
  void add_pending(SqliteConnection& connection, const std::string& run, const Chunk& chunk) const;
  void finish_chunk(SqliteConnection& connection, std::int64_t chunk, const ChunkResult& result,
                    int worker) const;
  /// A chunk that is done from the start and has no range: rows taken out again. Returns its id.
  std::int64_t add_correction(SqliteConnection& connection, const std::string& run, const std::string& load,
                              const ChunkResult& result, int worker) const;
  /// For add_reject(), any number of times.
  Statement prepare_reject(SqliteConnection& connection) const;
  static void add_reject(Statement& prepared, const std::string& run, std::int64_t chunk,
                         const std::string& load, const Reject& reject);

  std::string version, run, step, chunk, reject, undo, check_result, verification, alert, pause;
  std::string pause_name;  // unquoted

 private:
  std::string file_;
  std::string prefix_;
};

/// JSON text of a bound, absent for an open one; and back.
std::optional<std::string> bound_text(const std::optional<Key>& bound);
std::optional<Key> bound_of(const Statement& row, int column);

}  // namespace planrun
