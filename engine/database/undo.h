// How a target takes a run back: one transaction, so that all of it is gone or nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/schema_object.h"
#include "data/table_schema.h"

namespace planrun {

struct ReadBack;
class BackReader;

/// What others have hung on a table that the run made.
struct LaterObject {
  std::string what;      // "view big_orders", "column note", "foreign key of table returns"
  std::string drop_sql;  // empty: it goes with the table, or stays and points to nothing
};

/// A table as the target's catalog has it now.
struct TableState {
  bool exists = false;
  std::string instead{};             // "view": what has its name now, where it is gone; empty: nothing
  std::set<std::string> missing{};   // columns of the schema that are gone: its rows cannot be compared
  std::vector<std::string> columns;  // that others have added or taken away: "column x", "column y is gone"
  std::vector<LaterObject> later;
  std::vector<std::string> alike{};  // where it is gone: tables with its columns, which may be it, renamed
};

/// A view or trigger of the run as the target's catalog has it now.
struct ObjectState {
  bool exists = false;
  std::string instead;             // as of a table
  std::vector<LaterObject> later;  // also what others have made of it: "another query than the run's"
};

/// A row that a run wrote into a table that exists, and that is not as the run left it.
struct ChangedRow {
  std::string key;  // as undo keeps it
  bool gone = false;
};

/// Which rows are looked at: those that the run wrote, or also those that `insert_missing` found and let be,
/// of which it counts alone whether they are there.
enum class CountedRows { written, written_and_left };

/// Another run, begun later, that wrote rows into a table or found them as it writes them.
struct LaterWriter {
  std::string table;
  std::string run;
  std::string plan;
  std::int64_t rows = 0;
};

/// Why a row that was there before a run cannot be as it was; by its key as undo keeps it.
Error cannot_restore(const std::string& table, const std::string& key, const Error& why);

/// From Target::begin_undo(); its destructor rolls back what was not committed. One thread. Calls in this
/// order:
///   look()*, look_at()*, later_writers()* -> read_back()*, changed_rows()* -> undo()*, take_back_rows()*
///   -> commit(). look_at() may come between undo().
/// Nobody writes to the tables meanwhile, and no worker of the run is left that could still commit.
class UndoTransaction {
 public:
  virtual ~UndoTransaction() = default;
  /// One state a table. Objects named in `own` are the run's and no later ones.
  virtual std::vector<TableState> look(std::span<const TableSchema* const> tables,
                                       std::span<const std::string> own) = 0;
  /// One state an object: views and triggers of the run.
  virtual std::vector<ObjectState> look_at(std::span<const SchemaObject* const> objects,
                                           std::span<const std::string> own) = 0;
  /// Runs that count on rows of this one: any row of a table that this run has made, rows that it wrote into
  /// one that exists. Those that were taken back are none.
  virtual std::vector<LaterWriter> later_writers(std::span<const TableSchema* const> tables) = 0;
  /// The reader goes before the next call of this object.
  virtual std::unique_ptr<BackReader> read_back(const ReadBack& request) = 0;
  /// Rows that the run wrote into a table that exists and that somebody has changed or deleted since; at most
  /// `limit`. From then on nobody else writes to the table.
  virtual std::vector<ChangedRow> changed_rows(const TableSchema& table, std::size_t limit) = 0;
  /// Takes the rows back that the run wrote into a table that exists: inserted ones go, changed ones are
  /// again what they were, with the table's triggers off, and the ledger's undo forgets them. Returns how
  /// many. Throws Error(refused) where rows of others refer to a row that would go, or a row cannot be what
  /// it was. Tables that refer to others come first.
  virtual std::int64_t take_back_rows(const TableSchema& table) = 0;
  /// Runs the statements and marks the step `undone` in the ledger. Where a statement is refused nothing of
  /// it is done, and the transaction can go on.
  virtual void undo(const std::string& step, std::span<const std::string> statements) = 0;
  /// Throws Error(connection) with in_doubt() when the connection was lost inside COMMIT.
  virtual void commit() = 0;
};

}  // namespace planrun
