// A database opened to be looked into: how its tables were declared, and which rows break their keys. What a
// census is made of, beside the rows that a Source reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/key.h"
#include "data/partition.h"
#include "database/source.h"

namespace planrun {

/// Rows of one kind: how many there are, and the keys of the first.
struct RowTally {
  std::int64_t count = 0;
  std::vector<Key> samples{};
};

struct SourceIndexPart {
  std::string column;  // empty: an expression
  std::string
      collation;  // lower case: binary, nocase, rtrim, or the application's own; empty: the database's
  bool descending = false;
  std::string sql;  // of an expression, as the author wrote it
};

enum class SourceIndexOrigin { create_index, unique_constraint, primary_key };

struct SourceIndex {
  std::string name;
  SourceIndexOrigin origin = SourceIndexOrigin::create_index;
  bool unique = false;
  bool partial = false;
  std::vector<SourceIndexPart> parts;
  std::string where;  // of a partial one
  std::string sql;    // CREATE INDEX; empty where a constraint made it
};

struct SourceForeignKey {
  std::vector<std::string> columns;
  std::string table;                         // as declared; it need not be there
  std::vector<std::string> foreign_columns;  // its primary key where the declaration names none
  std::string on_update;                     // NO ACTION, RESTRICT, SET NULL, SET DEFAULT, CASCADE
  std::string on_delete;
  bool deferred = false;  // DEFERRABLE INITIALLY DEFERRED
};

struct SourceCheck {
  std::string name;  // empty: it has none
  std::string sql;   // what stands between its parentheses
};

struct SourceTrigger {
  std::string name;
  std::string table;  // or view
  std::string sql;    // CREATE TRIGGER
};

/// What a schema has beside tables and triggers: a function, a type, an extension, a policy.
struct SourceObject {
  std::string name;   // "function f(integer)", "extension citext"
  std::string table;  // that it belongs to; empty: none
  std::string sql;    // what makes it
};

/// Under which different values of a unique key are equal.
enum class LooseComparison {
  nocase,   // ASCII letters without regard to case
  numeric,  // numbers and numbers as text by their value
};

/// A view in the terms of the product that has it, whose own names mean the same in every such database.
struct ViewDeclaration {
  std::string query;
  std::vector<std::string> reads;      // tables and views of its own schema
  std::vector<std::string> own_types;  // enums and domains of its own schema that its query names
  std::string why_own;  // what of it another database does not have: "it is materialized"; empty: nothing
};

/// How a table of PostgreSQL's is divided.
struct DivisionDeclaration {
  PartitionSchema partition;
  std::string why_own;  // why a plan does not say it so: "it does not go by columns alone"; empty: it can
};

/// What SourceTable does not say of a table. Of a view, virtual or shadow table only `sql` is filled in.
struct TableDeclaration {
  bool without_rowid = false;
  bool strict = false;
  bool autoincrement = false;           // a sequence of its own numbers its rows
  std::vector<std::string> collations;  // one a column, lower case; empty: the database's own
  std::vector<std::string> defaults;    // SQL, one a column; empty: none
  std::vector<SourceIndex> indexes;     // in the order in which they were made
  std::vector<std::string> generated;   // SQL, one a column; empty: it is stored as it was given
  std::vector<SourceCheck> checks;
  std::vector<SourceForeignKey> foreign_keys;  // in the order of the declaration
  std::vector<std::string> conflicts;          // what ON CONFLICT clauses do: REPLACE, IGNORE, ...
  std::string sql;                             // CREATE TABLE or CREATE VIEW
  /// Functions, types and the like that its expressions name and that are not the database product's own.
  std::vector<std::string> own_names;
  std::optional<ViewDeclaration> view;  // of PostgreSQL's, as the next
  std::optional<DivisionDeclaration> division;
};

/// One connection: one thread at a time. Every call may throw Error(source), naming the file.
class Inspector {
 public:
  virtual ~Inspector() = default;
  /// Reads rows through the same connection, and so sees the same state. Lives as long as the inspector.
  virtual Source& source() = 0;
  /// Without estimates: damage in a table's rows is no reason not to list it.
  virtual std::vector<SourceTable> tables() = 0;
  virtual TableDeclaration declaration(const std::string& table) = 0;
  /// By name.
  virtual std::vector<SourceTrigger> triggers() { return {}; }
  /// Texts are compared by their bytes in UTF-16, which have another order than those in UTF-8.
  virtual bool is_utf16() { return false; }
  /// In the order in which they can be made.
  virtual std::vector<SourceObject> objects() { return {}; }
  /// Why no row can refer by this key: a table or column that is not there. Empty: rows can.
  virtual std::string why_broken(const SourceForeignKey& key) = 0;
  /// Rows whose key is not null and is in no row of the other table, by the collation and affinity that the
  /// database compares with. The key is not broken.
  virtual RowTally orphans(const std::string& table, const SourceForeignKey& key, std::size_t samples) = 0;
  /// The rows beside those whose key has a row of the other table by that collation only, not by its bytes.
  virtual RowTally loosely_referring(const std::string& /*table*/, const SourceForeignKey& /*key*/,
                                     std::size_t /*samples*/) {
    return {};
  }
  /// Values of a unique index that stand several times under `comparison`: how many, and a row of each. The
  /// index is neither partial nor over an expression. For `numeric` all its texts are numbers, of at most 15
  /// digits.
  virtual RowTally duplicates(const std::string& table, const SourceIndex& index, LooseComparison comparison,
                              std::size_t samples) = 0;
  /// For people: "sqlite:/path/ora.db", and what was noticed on opening.
  virtual std::string shown_url() const = 0;
  virtual std::vector<std::string> notices() const = 0;
};

}  // namespace planrun
