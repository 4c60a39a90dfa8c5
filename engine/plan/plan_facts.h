// What a plan says, in the form in which two of them are compared: names and texts, nothing of order,
// comments or layout. Of a plan file, nothing looked up; or of a resolved plan, as a run resolves it or a
// ledger keeps it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "data/table_schema.h"
#include "plan/plan.h"
#include "plan/resolved_plan.h"

namespace planrun {

/// How a load fills a column.
struct ColumnFill {
  std::string origin;               // "column price", "expression lower(website)", "constant 'ora'"
  std::vector<std::string> using_;  // "round(2)"
  std::string zone;
};

struct LoadFacts {
  std::string name;
  std::string table;
  std::string from;                           // "ora.shipped_items"
  std::map<std::string, ColumnFill> columns;  // by the table's column
  std::vector<std::string> ignore;            // only of a plan file
  std::string where;
  std::string write;  // "insert", ...
  std::string key;    // "contact_id"
  std::string merge;  // "metric_id, newest by updated_at"; empty: none
  std::string transform;
  std::map<std::string, std::string> files;  // of the transform: SHA-256 by module
  std::vector<std::string> row;              // what the function's row holds; only of a resolved plan
  bool keeps_rejects = false;
  std::int64_t max_rejects = -1;
};

struct TableFacts {
  std::string name;
  std::string target;
  bool exists = false;
  bool sha256_digest = false;
  bool inherits = false;  // only of a plan file: further columns come of the source
  std::map<std::string, ColumnSchema> columns;
  // What names a constraint is what it does, "unique (a, b)"; an index has a name.
  std::map<std::string, std::string> keys;          // with its options
  std::map<std::string, std::string> foreign_keys;  // "(a) references t (b)": with its options
  std::map<std::string, std::string> checks;        // by expression, without blanks that mean nothing
  std::map<std::string, std::string> indexes;       // by name
  std::vector<std::string> after;
  std::vector<std::string> restored;         // foreign keys, by name
  std::string divided_by;                    // "range (created_at)"; empty: it has no partitions
  std::map<std::string, std::string> parts;  // by name: "from 2025-01-01 to 2026-01-01"
  std::string distributed;                   // "tenant_id"; empty: it is on one node
};

struct CheckFacts {
  std::string name;
  bool guard = false;
  CheckSeverity severity = CheckSeverity::critical;
  std::string asks;       // its SQL, the source and its SQL, the target: what must not differ to be the same
  std::string expect;     // empty: nothing is
  bool compares = false;  // with an expected value, a source or a limit
  Tolerance critical;
  std::string warning;  // empty: none
  std::string at_most;
  std::vector<std::string> tables;  // of a guard
};

/// A view, a trigger or a SQL step.
struct ObjectFacts {
  std::string what;  // "view pipeline", "trigger touch", "sql grants"
  std::string table;
  std::string says;  // all that it does and when
  std::string undo;  // of a SQL step
};

struct PlanFacts {
  std::string name;
  bool of_file = false;                         // the settings below are known
  std::map<std::string, std::string> settings;  // "source ora url", "target core schema", "on_failure", ...
  std::vector<std::string> requires_;
  std::map<std::string, TableFacts> tables;
  std::map<std::string, LoadFacts> loads;
  std::map<std::string, CheckFacts> checks;  // guards too
  std::map<std::string, ObjectFacts> objects;
};

/// Lua files by the transform that needs them.
using TransformFiles = std::map<std::string, std::vector<LuaFile>>;

/// Of a plan that was read without errors.
PlanFacts facts_of(const Plan& plan, const TransformFiles& files);
/// Of resolved plans as JSON, one a target. Throws Error(refused) for what is no such JSON.
PlanFacts facts_of(const std::vector<Json>& resolved);

/// Keys, foreign keys, CHECKs and indexes of a schema, in a table's facts.
void add_constraints(const TableSchema& schema, TableFacts& table);
/// How its rows are divided.
void add_division(const TableSchema& schema, TableFacts& table);
/// "round(2)"
std::string to_text(const PlanConversion& conversion);

/// `sql` with one blank where it has several and without comments; what is quoted stays.
std::string without_layout(const std::string& sql);

}  // namespace planrun
