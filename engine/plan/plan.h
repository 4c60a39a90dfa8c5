// A plan as its author wrote it: names, texts and positions, nothing looked up in a database yet.
// Lists stand in the order of the file.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "data/key.h"
#include "data/partition.h"
#include "data/schema_object.h"
#include "data/write_mode.h"
#include "plan/alert_condition.h"
#include "plan/diagnostic.h"
#include "plan/rate.h"

namespace planrun {

/// A text and where it stands.
struct Located {
  std::string text;
  Position at;
};

struct PlanSource {
  std::string name;
  Position at;
  std::string url;  // variables filled in, relative paths made absolute; may hold a password: never print
  std::string shown_url;          // the same without a password
  std::string written_url;        // as the plan has it; variables are not filled in
  bool snapshot = true;           // `snapshot = "none"` makes it false
  std::string schema = "public";  // of a PostgreSQL source
  std::string tenant;  // of what the names of many files are made, {stem}; empty: it is one database
  std::string tenant_column = "tenant";
  bool whole = false;  // what of it the plan does not have is an error,
  Position whole_at;
  std::vector<Located> leave;  // unless it is named here

  bool has_many_files() const { return !tenant.empty(); }
};

struct PlanTarget {
  std::string name;
  Position at;
  std::string url;
  std::string shown_url;
  std::string written_url;
  std::string schema = "public";
  std::string ledger = "planrun";
  std::vector<std::string> types;  // further type names
  std::string dialect;             // "sqlite" or "postgresql"; empty where the url could not be read

  /// As ResolvedPlan has it.
  std::string schema_of_tables() const {
    return dialect == "postgresql" && schema != "public" ? schema : std::string();
  }
};

/// One step of a `using` chain: `round(2)` is {"round", {"2"}}.
struct PlanConversion {
  std::string name;
  std::vector<std::string> arguments;
  Position at;
};

/// NAME = "definition" or NAME = { type, from | expr | value, using, zone, storage }. NAME "*" means
/// `inherit`.
struct PlanColumn {
  std::string name;
  Position at;
  bool inherit = false;
  Located definition;  // may be empty in a load's own columns and in tables that exist
  std::optional<Located> from;
  std::optional<Located> expr;
  std::optional<Located> value;  // constants are texts; numbers and booleans of TOML as they print
  std::vector<PlanConversion> using_;
  std::optional<Located> zone;
  bool store_as_text = false;
};

enum class OnReject { stop, keep };

/// Which of several different rows of one key stays; `none`: such rows are an error.
enum class Keep { none, newest, first, last };
std::string_view to_string(Keep keep);

struct PlanMerge {
  Position at;
  std::vector<Located> key;  // columns of the table
  Keep keep = Keep::none;
  std::optional<Located> by;  // a column of the table; only with `newest`
};

struct PlanLoad {
  std::string name;  // empty for the table's only, unnamed load
  Position at;
  std::vector<Located> from;  // "source.table"; several only with `merge`
  std::vector<Located> ignore;
  std::optional<Located> where;
  std::optional<Located> transform;
  WriteMode write = WriteMode::insert;
  Position write_at;  // only where the plan says it
  std::vector<Located> key;
  std::optional<PlanMerge> merge;
  OnReject on_reject = OnReject::stop;
  std::optional<std::int64_t> max_rejects;  // none: no limit while `keep`
  std::vector<PlanColumn> columns;          // a named load's own mapping
};

struct PlanIndex {
  std::string name;
  Located definition;
};

/// One of `parts`: "default", { from = ..., to = ... } or { values = ... }.
struct PlanPart {
  std::string name;
  Position at;
  bool is_default = false;
  std::vector<Located> from;
  std::vector<Located> to;
  std::vector<Located> values;
};

struct PlanPartition {
  Position at;
  PartitionBy by = PartitionBy::range;
  std::vector<Located> columns;
  std::vector<PlanPart> parts;  // of a hash as many as `count` says
};

/// Among the nodes of a cluster.
struct PlanDistribution {
  Position at;
  Located by;  // a column; empty: a reference table
};

struct PlanTable {
  std::string name;
  Position at;
  std::string target;  // empty: the only one
  bool exists = false;
  Position exists_at;  // only where the plan says it
  std::vector<Located> constraints;
  std::vector<Located> after;
  std::vector<Located> restore_foreign_keys;  // of a table that exists, by name
  std::vector<PlanColumn> columns;            // empty: `"*" = "inherit"`
  std::vector<PlanIndex> indexes;
  std::optional<PlanPartition> partition;
  std::optional<PlanDistribution> distribution;
  std::vector<PlanLoad> loads;  // the unnamed one first, if the table has `from`
};

/// What the loads are called that come of a plan's load, one a `from`: as its table, or TABLE.NAME; where
/// there are several `from`, with their source behind it, and the source's table too where a source stands
/// twice.
std::vector<std::string> load_names(const PlanTable& table, const PlanLoad& load);

enum class CheckSeverity { critical, warning, info };
std::string_view to_string(CheckSeverity severity);

/// A number: absolute, or percent of the expected value.
struct Tolerance {
  std::string amount = "0";  // a decimal, as text
  bool percent = false;
};
/// "0.5%", "3".
inline std::string to_string(const Tolerance& tolerance) {
  return tolerance.amount + (tolerance.percent ? "%" : "");
}

/// One SQL text for both dialects, or one each.
struct DialectSql {
  std::string any;
  std::map<std::string, std::string> by_dialect;  // "postgresql", "sqlite"
  Position at;
  std::map<std::string, Position> text_at;  // by dialect, or "" for `any`
  /// The text for a dialect; empty where there is none.
  const std::string& text(const std::string& dialect) const {
    const auto own = by_dialect.find(dialect);
    return own == by_dialect.end() ? any : own->second;
  }
};

/// `[check.x]` and `[guard.x]`.
struct PlanCheck {
  std::string name;
  Position at;
  bool guard = false;
  CheckSeverity severity = CheckSeverity::critical;
  DialectSql sql;      // answers one value
  std::string target;  // empty: home
  std::string source;  // with source_sql: where the expected value comes from
  Located source_sql;
  std::optional<Located> expect;     // the expected value, as text
  bool expects_truth = false;        // `expect` is a TOML boolean: databases answer t, 1 or true
  Tolerance critical;                // above it the check fails with its own severity
  std::optional<Tolerance> warning;  // above it, up to `critical`: a warning
  std::string at_most;               // the largest value that passes; empty: none
  int runs = 0;                     // above 0: the value is the 95th percentile of so many runs' milliseconds
  bool holds_of_any_rows = false;   // what is expected: the shared check's file says it, of any table
  std::string use;                  // the named check that the texts come from; empty: none
  std::vector<std::string> tables;  // of a guard, where they cannot be read from its SQL
};

struct PlanView {
  std::string name;
  Position at;
  std::string target;  // empty: home
  DialectSql sql;
};

struct PlanTrigger {
  std::string name;
  Position at;
  Located table;
  DialectSql sql;  // the whole CREATE TRIGGER, and its function where the dialect needs one
};

/// `[[sql]]`.
struct PlanSqlStep {
  std::string name;
  Position at;
  std::string target;  // empty: home
  SqlMoment when = SqlMoment::end;
  DialectSql sql;   // an empty text: nothing to do for that dialect
  DialectSql undo;  // takes it back
};

/// Fields of a row by name, as a transform takes and gives them; a null is left out.
using NamedValues = std::vector<std::pair<std::string, KeyValue>>;

/// `[[example]]`: what a transform must make of a row.
struct PlanExample {
  std::string name;
  Position at;
  Located transform;
  NamedValues row;
  std::vector<NamedValues> gives;  // none: the row is dropped
  std::optional<Located> fails;    // a part of the error instead
};

/// `[gate]`: how many verifications must have passed in a row, and within how long a time.
struct PlanGate {
  Position at;
  std::int64_t verifications = 0;
  std::int64_t within_seconds = 0;
  std::string within;  // as written
};

/// `[throttle]`: how fast a run may go, and what holds it.
struct PlanThrottle {
  Position at;
  Rate rate;
  std::string written_rate;
  std::optional<std::int64_t> active_sessions;          // more sessions of others at work hold the run
  std::optional<std::int64_t> replication_lag_seconds;  // a replica further behind holds it
  DialectSql sql;                                       // a number; absent where nothing is asked
  std::int64_t above = 0;                               // a larger number holds it
};

/// `[[alert]]`.
struct PlanAlert {
  std::string name;
  Position at;
  Located when;
  AlertCondition condition;
  CheckSeverity level = CheckSeverity::critical;
  std::vector<std::string> command;  // program and arguments; empty: none
  std::string webhook;               // may hold a secret: never print; empty: none, or see webhook_fault
  std::string shown_webhook;         // scheme and host
  std::string webhook_fault;         // why its url is not known: a variable that is not set
  std::filesystem::path mail;        // empty: none
};

enum class OnFailure { stop, rollback };

struct Plan {
  std::filesystem::path file;            // absolute
  std::string text;                      // the file's own bytes
  ReadFile read_file = read_whole_file;  // for what stands beside it: Lua files, shared checks
  std::string name;
  std::string description;
  std::vector<Located> requires_;
  OnFailure on_failure = OnFailure::stop;
  Position on_failure_at;  // only where the plan says it
  bool snapshot = true;
  bool sha256_digest = false;                       // `digest = "sha256"`
  Position sha256_digest_at;                        // only where the plan says it
  std::filesystem::path folder;                     // of runs; empty: $XDG_STATE_HOME/planrun
  std::int64_t sample = 0;                          // --sample: rows of a rehearsal; 0: all
  std::optional<std::int64_t> keep_snapshots_days;  // of ended runs; none: for ever
  std::vector<PlanSource> sources;
  std::vector<PlanTarget> targets;  // the first is home
  std::vector<PlanTable> tables;
  std::vector<PlanCheck> checks;  // guards too
  std::vector<PlanView> views;
  std::vector<PlanTrigger> triggers;
  std::vector<PlanSqlStep> sql_steps;
  std::vector<PlanExample> examples;
  std::map<std::string, std::string> check_files;  // bytes of the shared checks, by the name that `use` has
  std::optional<PlanGate> gate;
  std::optional<PlanThrottle> throttle;
  std::vector<PlanAlert> alerts;

  /// A file that only shows what transforms do: nothing to run.
  bool has_examples_only() const { return tables.empty() && !examples.empty(); }
};

}  // namespace planrun
