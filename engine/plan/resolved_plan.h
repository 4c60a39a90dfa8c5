// A plan with every name looked up: what the engine runs, what the ledger keeps, what the fingerprint covers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json_fwd.h"
#include "data/table_schema.h"
#include "plan/plan.h"

namespace planrun {

/// Where a column's value comes from, and through which conversions.
struct ResolvedColumn {
  std::size_t column = 0;  // of the table's schema.columns
  int input = -1;          // of the load's inputs, or of its transform's fields; -1: the constant
  std::string constant;
  std::vector<PlanConversion> using_;
  int zone_seconds = 0;  // only with has_zone
  bool has_zone = false;
};

/// What the source is asked for, a value a row.
struct ResolvedInput {
  std::string column;  // a source column; or
  std::string expr;    // an expression that the source evaluates
};

/// A Lua file as it was when the plan was read: what runs is what the fingerprint covers.
struct LuaFile {
  std::string module;  // "names", as `require` calls it
  std::string file;    // for messages: "names.lua"
  std::string text;
};

/// A Lua function between the source's rows and the columns, whose inputs are its fields then.
struct ResolvedTransform {
  std::string name;                 // "decision_makers.to_contacts"
  std::vector<std::string> inputs;  // how the function's row calls the load's inputs
  std::vector<std::string> fields;  // what its rows may hold
  std::vector<LuaFile> files;       // its module and all that this one requires
};

/// Rows of one key that several sources have, or one has twice: one of them is loaded.
struct ResolvedMerge {
  std::string group;             // of loads whose rows are held against each other: the plan's load
  std::size_t place = 0;         // of this load among them, as `from` has it
  std::vector<std::size_t> key;  // of the table's schema.columns; all are loaded
  Keep keep = Keep::none;
  std::optional<std::size_t> by;  // the same; with Keep::newest
};

struct ResolvedLoad {
  std::string name;  // "shipped_items", "crm_contacts.decision_makers": unique in the plan
  std::string source;
  std::string source_table;
  std::vector<ResolvedInput> inputs;
  std::vector<ResolvedColumn> columns;  // in the order of the schema; the digest covers exactly these
  std::string where;
  WriteMode write = WriteMode::insert;
  std::vector<std::size_t> key;  // of the table's schema.columns: by what `write` finds a row
  bool may_meet_rows = false;    // of others, or of another load: not `insert` into a table of the plan's own
  std::optional<ResolvedTransform> transform;
  std::optional<ResolvedMerge> merge;
  OnReject on_reject = OnReject::stop;
  std::int64_t max_rejects = -1;  // -1: no limit
};

struct ResolvedTable {
  std::string target;
  TableSchema schema;
  bool sha256_digest = false;  // the plan says `digest = "sha256"`
  std::vector<std::string> after;
  std::vector<ResolvedLoad> loads;
};

struct ResolvedPlan {
  std::string name;
  std::string description;
  std::string schema;       // of the target, where the tables go; empty: public, or SQLite's only one
  std::int64_t sample = 0;  // rows of a root table that a rehearsal takes; 0: it is none
  std::vector<std::string> requires_;  // plans whose passed run must be in the target's ledger
  std::vector<ResolvedTable> tables;   // in the order of the plan
  std::vector<PlanCheck> checks;
  std::vector<PlanView> views;
  std::vector<PlanTrigger> triggers;
  std::vector<PlanSqlStep> sql_steps;

  const ResolvedTable* find(const std::string& table) const {
    for (const auto& t : tables) {
      if (t.schema.name == table) return &t;
    }
    return nullptr;
  }
};

/// The tables and loads of a plan by their names, for who asks for many; the plan stays as it is meanwhile.
class PlanNames {
 public:
  explicit PlanNames(const ResolvedPlan& plan);
  /// Null: there is none.
  const ResolvedTable* table(std::string_view name) const;
  /// The load and its table; nulls: there is none.
  std::pair<const ResolvedTable*, const ResolvedLoad*> load(std::string_view name) const;

 private:
  std::unordered_map<std::string_view, const ResolvedTable*> tables_;
  std::unordered_map<std::string_view, std::pair<const ResolvedTable*, const ResolvedLoad*>> loads_;
};

/// The whole of it, without urls and secrets; equal plans give equal JSON.
Json to_json(const ResolvedPlan& plan);
/// The same as text, without the whole document in memory.
std::string json_text(const ResolvedPlan& plan);
/// The part that says what a table is, and the part that says which rows fill it: a resume compares them
/// apart.
Json schema_to_json(const ResolvedTable& table);
Json load_to_json(const ResolvedLoad& load);

/// The views, triggers and SQL steps of a plan's JSON as one dialect has them: SQL steps before the load,
/// after it, triggers, views, SQL steps at the end; each in the order of the plan.
std::vector<SchemaObject> schema_objects(const Json& resolved_plan, const std::string& dialect);
std::vector<SchemaObject> schema_objects(const ResolvedPlan& plan, const std::string& dialect);

/// SHA-256 of the resolved plan; comments and layout of the file are outside.
std::string fingerprint(const ResolvedPlan& plan);

}  // namespace planrun
