// How a target writes its schema: statements and the steps they belong to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/schema_object.h"
#include "data/table_schema.h"

namespace planrun {

enum class SchemaStepKind {
  create,            // the table, without what comes after the rows
  index,             // one index, or the index under one key
  key,               // a key attached to its index
  drop_foreign_key,  // of a table that exists, before its rows; the next two put it back
  foreign_key,       // NOT VALID
  validate,          // a foreign key validated; or checked, where the target has no NOT VALID
  sequence,
  analyze,
};

/// A question to the target's own catalog whose answer is one value.
struct SchemaCheck {
  std::string name;  // "indexes", "foreign keys", "sequence id", "columns", "checks"
  std::string sql;
  std::string expect;
};

/// One transaction of DDL on one table.
struct SchemaStep {
  SchemaStepKind kind = SchemaStepKind::create;
  std::string name;  // of the table, index, key, foreign key, column: unique with kind and table
  std::vector<std::string> statements;
  std::vector<std::size_t> after;        // steps of the same list that must be done before
  std::string needs_keys_of;             // a foreign key: every key of this table must be attached before
  std::optional<SchemaCheck> premise{};  // what must hold when the step is done; else it is refused
};

/// What makes a view, trigger or SQL step, what takes it back, and what sees that it is there.
struct ObjectSql {
  std::vector<std::string> make;    // one transaction; empty: nothing to do
  std::vector<std::string> drop;    // one transaction; empty: nothing was made, or the plan does not say how
  std::vector<SchemaCheck> checks;  // each fails where the object is absent; none for a SQL step
  std::string taken;                // counts what has its name already; empty: nothing can be in its way
};

/// Pure: no connection. Any thread.
class Dialect {
 public:
  virtual ~Dialect() = default;
  /// "postgresql" or "sqlite": the key of a plan's sql = { postgresql = ..., sqlite = ... }.
  virtual std::string name() const = 0;
  /// The steps of a table in an order that works; step 0 is the only `create`. All others wait for the rows.
  /// For `sequence`, whose name is its column's, {sequence_floor} in a statement stands for the largest
  /// number that the sequence of the source's column has given. Of a table that exists only what its
  /// `restored` foreign keys need: each dropped, put back, and validated where it was valid.
  virtual std::vector<SchemaStep> schema_steps(const TableSchema& table) const = 0;
  /// Drops a table with its indexes, keys and sequences; where it is gone already, does nothing.
  /// `with_dependents`: what others have hung on it goes too, where the target does that by itself.
  virtual std::string drop_table(const std::string& table, bool with_dependents) const = 0;
  /// Empty where a foreign key only goes with its table.
  virtual std::string drop_foreign_key(const std::string& table, const std::string& key) const = 0;
  /// Puts a `restored` foreign key of the table back whole, where no row is in its way, in the transaction
  /// that took its rows back.
  virtual std::vector<std::string> restore_foreign_key(const TableSchema& table,
                                                       const ForeignKeySchema& key) const = 0;
  /// What of the table this target cannot hold, in words that do not name the table ("index i: SQLite has no
  /// INCLUDE"); empty: all of it.
  virtual std::vector<std::string> unsupported(const TableSchema& table) const = 0;
  /// What every table is asked after the run, without a word in the plan: its indexes and keys are there and
  /// valid ("indexes", always the first), its foreign keys are valid, its sequences are ahead of its keys,
  /// its columns and CHECKs stand as it was made. Of a table that exists only whether each `restored` foreign
  /// key stands there as it did.
  virtual std::vector<SchemaCheck> schema_checks(const TableSchema& table) const = 0;
  virtual ObjectSql object_sql(const SchemaObject& object) const = 0;
  /// `with_dependents`: a view takes along what others have made of it.
  virtual std::vector<std::string> drop_statements(const SchemaObject& object,
                                                   bool /*with_dependents*/) const {
    return object_sql(object).drop;
  }
  /// Fails where the table cannot be read; answers at once where it can.
  virtual std::string probe_query(const std::string& table) const = 0;
  virtual ValueLimits value_limits() const = 0;
  /// What a busy target answers with a number, or with null where the role may not know: the sessions of
  /// others at work, the seconds by which its slowest replica is behind. Empty: this kind of target has no
  /// such thing.
  virtual std::string active_sessions_query() const = 0;
  virtual std::string replication_lag_query() const = 0;
  /// How many connections may write at the same time; 0: as many as the server takes.
  virtual int writer_limit() const = 0;
  /// Of how many tables one transaction may change the definition; 0: of any number.
  virtual std::size_t most_tables_locked() const = 0;
};

}  // namespace planrun
