// What a database must be able to do to be written to, and proved. A floor that names no product.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/table_schema.h"
#include "data/write_mode.h"
#include "database/chunk.h"
#include "database/dialect.h"
#include "database/ledger.h"
#include "database/pause_ledger.h"
#include "database/source.h"
#include "database/undo.h"
#include "database/watch_ledger.h"

namespace planrun {

/// A load as the target sees it: into which table, which columns.
struct LoadTarget {
  std::string load;                    // name of the load
  const TableSchema* table = nullptr;  // outlives the Target's use of it
  std::vector<std::size_t> columns;    // of table->columns, in the order of write()'s cells
  WriteMode write = WriteMode::insert;
  std::vector<std::size_t> key{};  // of table->columns: by what `write` finds a row
  bool fans_out = false;  // a transform may make several rows of one: all of them go when one is refused

  /// Rows of others are in the table, or rows of the same key may be: each row is told apart before it is
  /// written.
  bool is_applied() const { return table->exists || write != WriteMode::insert; }
};

/// A schema step with its place in the ledger.
struct StepWork {
  std::string run;
  std::string step;  // id of the step in the ledger
  std::string table;
  std::vector<std::string> statements;
  std::vector<Chunk> pending;            // chunks (id 0) that become pending in the same transaction
  std::optional<SchemaCheck> premise{};  // asked before the statements; another answer is Error(refused)
  bool begins_table = false;             // one that exists: how its sequences stand is kept for a rollback
  int helpers = 0;                       // processes that the server may give the step beside its own
  std::vector<std::string> guards{};     // queries of one value, asked before the statements and after them
  /// Their values, before the commit: what it throws takes the step back. Absent where there are none.
  std::function<void(const std::vector<GuardValue>& values)> judge{};
};

/// What a process that has joined a run goes by, as the run's record had it then.
struct JoinedUnder {
  std::string fingerprint;
  std::string snapshots;
};

struct ClaimRequest {
  std::string run;
  std::vector<LoadTarget> loads;  // any of them; more than one for small tables
  /// Steps to do first in the same transaction (small tables are created in it). Only the first claim runs
  /// them.
  std::vector<StepWork> create;
  /// Queries of one value that are asked when the transaction begins: ChunkTransaction::guard_values().
  std::vector<std::string> guards{};
  /// Ids of rejects of the only load: they go from the ledger in the transaction, whose chunk then is a
  /// correction of its own, without a range, for the rows that can be written now. No other chunk of the load
  /// is pending.
  std::vector<std::int64_t> retried{};
  /// Of a process that has joined the run. Nothing is claimed where the run is not at work under that plan
  /// and from those snapshots any more. Absent: the run's own process.
  std::optional<JoinedUnder> joined_under{};
};

/// A set of rows of a table as they stand at one moment; several connections may read parts of it.
struct ReadBack {
  const TableSchema* table = nullptr;
  std::vector<std::size_t> columns;  // in this order
  std::string view;                  // from share_view(); empty: what is committed now
  int part = 0;                      // of `parts`; parts are disjoint and cover the table
  int parts = 1;
  /// Only the rows that this load of the run has written: of a table that exists. Then there is one part.
  std::string run{};
  std::string load{};
  /// Others write meanwhile and must not wait: no lock that would make them is held for longer than a moment,
  /// at the price that rows are as they are when they come, not as they stood at one moment. Not with a view.
  bool gives_way = false;
};

/// Rows read back; like Reader, with cells as data/column_type.h says for each column's type.
class BackReader {
 public:
  virtual ~BackReader() = default;
  virtual bool next(std::span<Cell> row) = 0;
  /// Names the row just told for remove_rows(), while the same view lasts.
  virtual std::string row_reference() const = 0;
};

/// What an index or foreign key still found wrong after the rows were in.
struct Violation {
  const TableSchema* table = nullptr;
  const KeySchema* key = nullptr;  // one of the three, or none
  const IndexSchema* unique_index = nullptr;
  const ForeignKeySchema* foreign_key = nullptr;
};

/// One connection to a target: one thread at a time. Reconnects by itself on the first call after a loss.
class Target {
 public:
  virtual ~Target() = default;

  /// Claims one pending chunk; null: none of them is pending any more (a chunk another connection is loading
  /// counts as taken, see wait_for_chunks).
  virtual std::unique_ptr<ChunkTransaction> claim(const ClaimRequest& request) = 0;
  /// Waits until nobody holds a chunk of these loads, then tells how many are pending. After `patience_ms` it
  /// ends connections of the same run that are not this process's.
  virtual std::int64_t wait_for_chunks(const std::string& run, std::span<const std::string> loads,
                                       int patience_ms) = 0;
  /// Whether the chunk is done; waits for a connection that is still committing it.
  virtual bool is_done(const std::string& run, std::int64_t chunk) = 0;

  /// Does schema steps: statements, ledger and pending chunks are one transaction, of all of them together.
  /// Of one that is done already it does nothing. Throws Error with the server's words; sqlstate 23505 and
  /// 23503 where rows are in the way.
  virtual void do_steps(std::span<const StepWork> works) = 0;
  void do_step(const StepWork& work) { do_steps({&work, 1}); }

  /// Rows read back from committed data. The view of share_view() lives as long as this connection keeps it.
  virtual std::string share_view() = 0;
  virtual std::unique_ptr<BackReader> read_back(const ReadBack& request) = 0;
  /// The rows in the way of `violation`: for a key all rows that share one, for a foreign key the orphans.
  /// All rows of the table for a violation of nothing.
  virtual std::unique_ptr<BackReader> read_violations(const Violation& violation,
                                                      std::span<const std::size_t> columns) = 0;
  /// Takes the rows out and keeps them as rejects of a chunk of their own (negative counts), in one
  /// transaction. Throws Error(target) unless exactly these rows were removed.
  virtual void remove_rows(const std::string& run, const TableSchema& table, const std::string& load,
                           std::span<const std::string> row_references, std::span<const Reject> rejects,
                           const ChunkResult& correction) = 0;

  /// Rows that the run wrote into a table that exists and that somebody has changed or deleted since, and
  /// those that its `insert_missing` let be and that are gone; at most `limit`.
  virtual std::vector<ChangedRow> changed_rows(const std::string& run, const TableSchema& table,
                                               std::size_t limit) = 0;
  /// For types that are not encoded: `select x::TYPE::text` of each; absent where the server refuses the
  /// value.
  virtual std::vector<std::optional<std::string>> canonical_text(const std::string& type_sql,
                                                                 std::span<const std::string> values) = 0;
  virtual QueryResult query(const std::string& sql) = 0;

  /// Begins to take a run back, with everybody else kept from writing to `tables` (those that are there).
  virtual std::unique_ptr<UndoTransaction> begin_undo(const std::string& run,
                                                      std::span<const std::string> tables) = 0;
};

/// What the target lacks or has in the way, before anything is written.
struct PreflightFinding {
  bool error = true;
  std::string message;
  std::string hint;
  std::string
      unmade{};  // the target's words of a type or function that is not there, which the plan may make
};

/// A table that the plan would make, which a run has made already: of another plan, or ended.
inline PreflightFinding table_of_run(const std::string& shown, const std::string& run,
                                     const std::string& plan, const std::string& state) {
  return {true,
          shown + " is in the way: run " + run + " of plan " + plan + ", which is " + state + ", made it",
          "let it end and take it back, planrun rollback with its plan, or say `exists = true` where "
          "this plan is to write into it"};
}

/// A table that is there before the run, as the target's catalog has it.
struct ExistingTable {
  TableSchema schema;  // columns and keys; `exists` is set
  /// Types are what the columns hold; false: only what the declaration suggests (SQLite), and the plan may
  /// say better.
  bool is_typed = true;
  std::vector<std::string> triggers;  // that fire on a row written: name and what it says
  bool is_divided = false;            // among partitions
};

/// How much of a run a target takes at once.
struct WorkerRoom {
  std::optional<int> connections{};  // that it accepts beside those it has; absent: any number
  std::string bound{};               // what bounds them, with the figures
  std::optional<int> suggested{};    // workers that its own settings suggest; absent: they say nothing
};

/// One target of a plan; connects any number of times. Any thread.
class TargetDatabase {
 public:
  virtual ~TargetDatabase() = default;
  virtual const Dialect& dialect() const = 0;
  /// `run` and `worker` (from 1; 0: none) are put where an administrator sees them, and the worker into the
  /// ledger's steps and chunks. Creates nothing.
  virtual std::unique_ptr<Target> connect(const std::string& run, int worker) = 0;
  /// The ledger in it; with `create` its schema is made when absent. Without, an absent ledger reads as an
  /// empty one.
  virtual std::unique_ptr<Ledger> open_ledger(bool create) = 0;
  /// Reads only: reachable, version, privileges, tables in the way (those of `ours`, made by an unfinished
  /// run, are not), DDL that the target would refuse.
  virtual std::vector<PreflightFinding> preflight(std::span<const TableSchema* const> tables,
                                                  std::span<const std::string> ours) = 0;
  /// What of a plan's views, triggers and SQL steps the target would refuse, tried on empty tables of its own
  /// making: nothing where it cannot be tried without writing into the target.
  virtual std::vector<PreflightFinding> try_objects(std::span<const TableSchema* const> tables,
                                                    std::span<const SchemaObject> objects) = 0;
  /// The ordinary tables where the plan's go, by name, in that order; without the ledger's.
  virtual std::vector<std::string> table_names() = 0;
  /// Absent: there is no such table. Throws Error(unreachable) where the target cannot be asked.
  virtual std::optional<ExistingTable> existing_table(const std::string& name) = 0;
  virtual std::string shown_url() const = 0;
  /// What is kept of verifications; with `create` its tables are made when absent.
  virtual std::unique_ptr<WatchLedger> open_watch_ledger(bool create) = 0;
  /// What somebody has asked of runs; with `create` its table is made when absent.
  virtual std::unique_ptr<PauseLedger> open_pause_ledger(bool create) = 0;
  virtual WorkerRoom worker_room() = 0;
  /// Differs once anything was written to the target; empty where that cannot be told.
  virtual std::string state() = 0;
};

}  // namespace planrun
