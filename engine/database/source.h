// What a database must be able to do to be read from. A floor that names no product.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/cell.h"
#include "data/key.h"
#include "data/table_schema.h"

namespace planrun {

struct SourceColumn {
  std::string name;
  std::string declared;  // type as declared, may be empty
  bool not_null = false;
  int primary_key = 0;     // place in the primary key from 1; 0: not in it
  bool generated = false;  // readable, computed by the source
  bool numbered = false;   // a row without a value gets the next number (INTEGER PRIMARY KEY)
};

enum class SourceTableKind { table, view, virtual_table, shadow };

/// Part of a table that its TableSchema cannot say.
struct UncarriedPart {
  std::string name;  // "orders_audit"
  std::string what;  // "trigger orders_audit"
};

struct SourceTable {
  std::string name;
  SourceTableKind kind = SourceTableKind::table;
  std::vector<SourceColumn> columns;  // generated ones too, hidden ones not
  std::vector<std::string> key;     // what orders and names its rows: {"rowid"} or key columns; empty: no key
  std::int64_t estimated_rows = 0;  // cheap and rough, never a promise
  std::int64_t estimated_bytes = 0;
  /// By column: the largest number that the column's own sequence has given (sqlite_sequence); 0: none yet.
  std::map<std::string, std::int64_t> sequences{};
  /// The whole table in PostgreSQL's terms; absent where only declarations tell, as in SQLite.
  std::optional<TableSchema> schema{};
  std::vector<UncarriedPart> uncarried{};
};

/// The columns of the primary key, in its order; empty: the table has none.
std::vector<std::string> primary_key_of(const SourceTable& table);
/// The largest number that any of its own sequences has given; 0: none has.
std::int64_t last_number(const SourceTable& table);

enum class SchemaPartKind {
  key,
  unique,
  foreign_key,
  check,
  not_null,
  default_value,
  collation,  // another comparison than by bytes
  numbering,  // a row without a key gets the next number
  generated,  // a column that is computed from others
  index,
  trigger,
  view,
  partitioning,  // of a table: `name` is "partitioning of T"
  other,         // a function, a type, a policy, ...: `name` says what it is too, "function f(integer)"
};

/// A part of a schema beside its tables, their columns and rows. All of them arrive, or it is not whole.
struct SchemaPart {
  SchemaPartKind kind = SchemaPartKind::view;
  std::string name;                    // of an index, a trigger, a view, another object; else empty
  std::string table;                   // that it belongs to; empty for a view, and for what has none
  std::vector<std::string> columns{};  // of that table; of a partial index, or one over an expression, none
  bool unique = false;                 // of an index
  std::string sql{};                   // as declared, or the expression alone; empty: nothing more to say
  std::string references{};            // the other table of a foreign key
};

/// Asks for the rows of one table: what to give for each, in this order.
struct ReadRequest {
  struct Input {
    std::string column;  // or
    std::string expr;    // an expression over the table's columns
  };
  std::string table;
  std::vector<Input> inputs;
  std::string where;          // rows for which it is not true are told as `dropped`
  bool in_any_order = false;  // of the whole table without expressions: as it is read fastest
};

enum class ReadOutcome {
  row,      // cells hold the row
  dropped,  // `where` was not true for it; cells hold nothing
  failed,   // an expression failed on this row: failure() says why
  end,      // nothing more in the range
};

/// Rows of one range, in key order unless any will do, each exactly once. Cells are valid until the next
/// call. Throws Error(source) when the file cannot be read (damage is never a short read).
class Reader {
 public:
  virtual ~Reader() = default;
  /// `row.size()` is the request's inputs.
  virtual ReadOutcome next(std::span<Cell> row) = 0;
  /// Key of the row that next() just told, whatever the outcome; empty for a table without one.
  virtual Key key() const = 0;
  virtual std::string failure() const = 0;
};

struct QueryResult {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // as text, null absent; numerics in full digits
};

/// One connection to one source (its snapshot, or the database itself): one thread at a time.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::vector<SourceTable> tables() = 0;
  /// Of all tables, in their order, then views; none where a source has not been taught to tell them.
  virtual std::vector<SchemaPart> schema_parts() { return {}; }
  /// The source columns of one row by name, for a reject: a JSON object, lossless as data/key.h says.
  /// Empty when the row cannot be found again.
  virtual std::string row_as_json(const std::string& table, const Key& key) = 0;
  /// Disjoint ranges that cover the table, whatever is in it, of about `rows` rows each; one open range where
  /// it cannot be cut. The order is the key's.
  virtual std::vector<Range> ranges(const std::string& table, std::int64_t rows) = 0;
  virtual std::unique_ptr<Reader> read(const ReadRequest& request, const Range& range) = 0;
  /// Rows of a table that is read by an index of its key, counted without any index: one that is damaged, or
  /// made under another version of its collation, hides rows from a Reader. Absent where no index is relied
  /// on.
  virtual std::optional<std::int64_t> counted_rows(const std::string& /*table*/) { return std::nullopt; }
  /// Throws Error(source) with the source's words for a wrong query.
  virtual QueryResult query(const std::string& sql) = 0;
  /// Why `expr` over `table` cannot be used: unknown column, aggregate, not repeatable (random(), 'now').
  /// Empty: it can.
  virtual std::string refuse_expression(const std::string& table, const std::string& expr) = 0;
  /// Where the source is many databases: what of `table`, of these columns of it and of its key is not the
  /// same in all of them, each naming the file.
  virtual std::vector<std::string> differences(const std::string& /*table*/,
                                               const std::vector<std::string>& /*columns*/) {
    return {};
  }
};

/// What tells that a database was not changed meanwhile.
struct SourceState {
  std::string text;  // compared for equality: size, mtime, change counter
};

struct Snapshot {
  std::filesystem::path file;
  std::int64_t bytes = 0;
  bool is_intact = false;  // its integrity was checked as it was made
};

/// Some rows of one table. A row of a table without a key is named by one integer: its place, from 1, in the
/// order in which the table is read as a whole.
struct TableRows {
  std::string table;
  bool all = false;
  std::vector<Key> keys;  // in any order, each once; not read where `all` is set
};

/// The first `bytes` of the copy are written to `file`, and stay; 0: it is begun, or begun anew. A copy that
/// is not made from its beginning to its end is told of with 0 alone.
using CopyGrowth = std::function<void(const std::filesystem::path& file, std::int64_t bytes)>;

/// One source of a plan; connects any number of times. Any thread.
class SourceDatabase {
 public:
  virtual ~SourceDatabase() = default;
  /// Opens read-only and leaves every file as it was (no -wal, no -shm, no recovery of the original).
  virtual std::unique_ptr<Source> connect() = 0;
  /// Reads every page: rows on pages that a damaged file leads to no more are missed by any query, without an
  /// error. Throws Error(source) naming the damage, Error(interrupted) after `stop`. A server answers for its
  /// own pages.
  virtual void check_integrity(const std::atomic<bool>& /*stop*/) {}
  virtual SourceState state() = 0;
  /// A consistent copy as `file` (complete or absent: written beside, synced and renamed), also of a live
  /// database. `growth` may be told how it grows.
  virtual Snapshot snapshot(const std::filesystem::path& file, const CopyGrowth& growth) = 0;
  /// A new database as `file`, complete or absent: all tables of this one as they were declared, with the
  /// rows that `rows` names as they are, and no other; indexes and views too. What has no key (a view that
  /// `rows` names) becomes a table of its rows. Where the database has moments, the file may do with naming
  /// the rows. Throws Error(source) naming the table where a row cannot be kept as it is.
  virtual Snapshot subset(const std::filesystem::path& file, const std::vector<TableRows>& rows) = 0;
  /// The same kind of database over a snapshot or a subset: immutable, or of one moment, which is that of
  /// at_moment() while an answer of it lives.
  virtual std::unique_ptr<SourceDatabase> at_snapshot(const std::filesystem::path& file) = 0;
  /// Whether it can be read as it stands at one moment, whoever writes to it: a run does that in place of
  /// copying it.
  virtual bool has_moments() const { return false; }
  /// The database as it stands now, for as long as the answer and its connection live; answers that live at
  /// the same time are of one moment. Null where it has none.
  virtual std::unique_ptr<SourceDatabase> at_moment() { return nullptr; }
  /// Of an answer of at_moment(): what another process names the moment by, as long as it lives; else empty.
  virtual std::string moment_id() const { return {}; }
  /// The database at the moment that another process keeps. Null where it has none. Throws
  /// Error(interrupted) where that moment is over.
  virtual std::unique_ptr<SourceDatabase> at_shared_moment(const std::string& /*id*/) { return nullptr; }
  /// The same database, read while others write to it, who must not wait: a Source of it holds no lock that
  /// would make them between two of its Readers, so that tables with a key are read in short ranges. Nobody
  /// is counted on to leave the file as it is.
  virtual std::unique_ptr<SourceDatabase> while_written() = 0;
  /// Whether it is many files, read as one: each is a range of its own in every table, most of them small, so
  /// that chunks share a transaction; query() and subset() are refused.
  virtual bool has_many_files() const { return false; }
  /// The database as a run without a snapshot goes on with it: what came to it since `begun` was told is no
  /// part of it, and notices() say so. Null: it is this one. Throws Error(refused) where something of it is
  /// gone.
  virtual std::unique_ptr<SourceDatabase> as_begun(const SourceState& /*begun*/) { return nullptr; }
  /// For people, where state() is not `then` any more: what has changed.
  virtual std::string change_since(const SourceState& /*then*/) { return "has changed"; }
  /// For people: "sqlite:/path/ora.db", and what was noticed on opening ("a WAL of 3 pages is read as well").
  virtual std::string shown_url() const = 0;
  virtual std::vector<std::string> notices() const = 0;
};

}  // namespace planrun
