#include "plan/known_keys.h"

#include <array>

namespace planrun {
namespace {

using enum ValueShape;

constexpr std::array<std::string_view, 13> kTopLevel = {"plan",  "source", "target",  "table", "check",
                                                        "guard", "view",   "trigger", "sql",   "example",
                                                        "gate",  "alert",  "throttle"};

constexpr std::array kPlan = {
    KnownKey{"name", text, "what the ledger and the run's folder call the plan"},
    KnownKey{"description", text, "for people"},
    KnownKey{"requires", texts, "plans whose passed run must be in the target's ledger"},
    KnownKey{"on_failure", text, "what follows a failed critical check or guard", "stop|rollback"},
    KnownKey{"snapshot", text, "\"none\": read the sources themselves", "none"},
    KnownKey{"digest", text, "a further digest of each table", "sha256"},
    KnownKey{"folder", text, "where runs keep their snapshots"},
    KnownKey{"keep_snapshots_days", count, "how long snapshots of ended runs are kept"},
};

constexpr std::array kSource = {
    KnownKey{"url", text, "sqlite:PATH, sqlite:PATTERN, postgresql://... or postgresql:host=..."},
    KnownKey{"schema", text, "of a PostgreSQL source: where its tables are"},
    KnownKey{"password", text, "a variable that holds the password"},
    KnownKey{"snapshot", text, "\"none\": read this source itself", "none"},
    KnownKey{"tenant", text, "of a url that is a pattern of files: whose a file is, \"{stem}\""},
    KnownKey{"tenant_column", text, "the column that every table of such a source has beside its own"},
    KnownKey{"whole", flag, "what of its schema the plan does not have is an error"},
    KnownKey{"leave", texts, "parts of its schema left behind on purpose: \"view NAME\""},
};

constexpr std::array kTarget = {
    KnownKey{"url", text, "sqlite:PATH, postgresql://... or postgresql:host=..."},
    KnownKey{"schema", text, "where the tables go"},
    KnownKey{"ledger", text, "schema of the ledger"},
    KnownKey{"types", texts, "types of extensions that the target knows"},
    KnownKey{"password", text, "a variable that holds the password"},
};

// What a table says of its unnamed load, and a named load of itself, is the same.
constexpr std::array kOfALoad = {
    KnownKey{"from", texts, "SOURCE.TABLE, where the rows come from"},
    KnownKey{"ignore", texts, "source columns left behind on purpose"},
    KnownKey{"where", text, "a condition that the source evaluates; other rows are dropped"},
    KnownKey{"transform", text, "FILE.FUNCTION of a Lua transform"},
    KnownKey{"write", text, "how rows meet those that are there", "insert|insert_missing|upsert|replace"},
    KnownKey{"key", texts, "the columns by which `write` finds a row"},
    KnownKey{"merge", section, "how rows of several sources become one"},
    KnownKey{"on_reject", text, "what follows a row that does not fit", "stop|keep"},
    KnownKey{"max_rejects", count, "how many rejects `on_reject = \"keep\"` may keep"},
};

template <std::size_t A, std::size_t B>
constexpr std::array<KnownKey, A + B> both(const std::array<KnownKey, A>& a,
                                           const std::array<KnownKey, B>& b) {
  std::array<KnownKey, A + B> out{};
  for (std::size_t i = 0; i < A; ++i) out[i] = a[i];
  for (std::size_t i = 0; i < B; ++i) out[A + i] = b[i];
  return out;
}

constexpr std::array kOfATable = {
    KnownKey{"target", text, "which target, where there are two"},
    KnownKey{"exists", flag, "the table is there already"},
    KnownKey{"constraints", texts, "table constraints"},
    KnownKey{"after", texts, "tables that must be loaded before"},
    KnownKey{
        "restore_foreign_keys", texts,
        "of a table that exists: foreign keys that are dropped before the rows and put back behind them"},
    KnownKey{"columns", columns, "NAME = definition"},
    KnownKey{"index", indexes, "NAME = index"},
    KnownKey{"load", loads, "further loads into the table"},
    KnownKey{"partition", section, "of a PostgreSQL target: how its rows are divided among partitions"},
    KnownKey{"distribute", placement,
             "of a PostgreSQL target with Citus: the column whose values say on which node a row is"},
};
constexpr auto kTable = both(kOfALoad, kOfATable);

constexpr std::array kOfANamedLoad = {
    KnownKey{"columns", columns, "where this load's columns come from"},
};
constexpr auto kLoad = both(kOfALoad, kOfANamedLoad);

constexpr std::array kMerge = {
    KnownKey{"key", texts, "what makes two rows the same"},
    KnownKey{"keep", text, "which of two different rows stays", "newest|first|last"},
    KnownKey{"by", text, "the column that says how new a row is"},
};

constexpr std::array kPartition = {
    KnownKey{"by", text, "what decides which partition takes a row", "range|list|hash"},
    KnownKey{"column", texts, "the column, or columns, that it goes by"},
    KnownKey{"parts", parts, "the partitions: NAME = { from, to }, { values } or \"default\""},
    KnownKey{"count", count, "of a hash: how many partitions"},
};

constexpr std::array kPart = {
    KnownKey{"from", scalars, "of a range: the first value; without it from the least"},
    KnownKey{"to", scalars, "of a range: the first value that is not in it; without it to the end"},
    KnownKey{"values", scalars, "of a list: the values"},
};

constexpr std::array kDistribute = {
    KnownKey{"by", text, "the column whose values say on which node a row is"},
    KnownKey{"reference", flag, "all rows are on every node"},
};

constexpr std::array kLoadColumn = {
    KnownKey{"from", text, "another source column"},
    KnownKey{"expr", text, "an expression that the source evaluates"},
    KnownKey{"value", scalar, "a constant"},
    KnownKey{"using", texts, "named conversions, one after the other"},
    KnownKey{"zone", text, "the zone of times without one: UTC or +02:00"},
};
constexpr std::array kOfATableColumn = {
    KnownKey{"type", text, "PostgreSQL column definition"},
    KnownKey{"storage", text, "how a SQLite target keeps a numeric", "text"},
};
constexpr auto kColumn = both(kOfATableColumn, kLoadColumn);

constexpr std::array kCheck = {
    KnownKey{"sql", ValueShape::sql, "a query that answers one value"},
    KnownKey{"target", text, "where it is asked; home unless said"},
    KnownKey{"source", text, "where the expected value comes from"},
    KnownKey{"source_sql", text, "the query that answers the expected value"},
    KnownKey{"expect", scalar, "the expected value"},
    KnownKey{"tolerance", ValueShape::tolerance, "how far found may be from expected"},
    KnownKey{"severity", text, "what a failure means", "critical|warning|info"},
    KnownKey{"use", text, "a named check; further keys are its arguments"},
};

constexpr std::array kCheckFile = {
    KnownKey{"description", text, "for people: what holds where the check passes"},
    KnownKey{"sql", ValueShape::sql, "a query that answers one value, with {argument} in it"},
    KnownKey{"source_sql", text, "the same for the source, whose answer is expected"},
    KnownKey{"expect", scalar, "the expected value"},
    KnownKey{"at_most", scalar, "the largest value that passes"},
    KnownKey{"runs", scalar,
             "time the query so many times: the value is the 95th percentile in milliseconds"},
    KnownKey{"arguments", section, "NAME = a section of its own"},
};

constexpr std::array kCheckArgument = {
    KnownKey{"kind", text, "what it is, and so how it is quoted",
             "table|column|columns|index|text|values|number|expression|query"},
    KnownKey{"meaning", text, "for people"},
    KnownKey{"default", scalar, "its value where the plan gives none; {OTHER} is another argument's"},
    KnownKey{"choices", texts, "nothing else is taken"},
    KnownKey{"each", flag, "a list makes a check of each value"},
};

constexpr std::array kGuard = {
    KnownKey{"sql", ValueShape::sql, "a query whose value the run must not change"},
    KnownKey{"target", text, "where it is asked; home unless said"},
    KnownKey{"severity", text, "what a change means", "critical|warning|info"},
    KnownKey{"tables", texts, "the tables it reads, where its SQL does not say"},
};

constexpr std::array kView = {
    KnownKey{"target", text, "where it is made; home where none is named"},
    KnownKey{"sql", ValueShape::sql, "the view's query"},
};

constexpr std::array kTrigger = {
    KnownKey{"table", text, "the table of the plan that it stands on"},
    KnownKey{"sql", ValueShape::sql, "the whole CREATE TRIGGER, with its function where one is needed"},
};

constexpr std::array kSqlStep = {
    KnownKey{"name", text, "what the ledger calls the step"},
    KnownKey{"target", text, "where it is done; home where none is named"},
    KnownKey{"at", text, "when it is done", "before_load|after_load|end"},
    KnownKey{"sql", ValueShape::sql, "statements, done in one transaction"},
    KnownKey{"undo", ValueShape::sql, "statements that take it back"},
};

constexpr std::array kSql = {
    KnownKey{"postgresql", text, "for a PostgreSQL target"},
    KnownKey{"sqlite", text, "for a SQLite target"},
};

constexpr std::array kTolerance = {
    KnownKey{"warning", scalar, "above it: a warning"},
    KnownKey{"critical", scalar, "above it: the check fails"},
};

constexpr std::array kExample = {
    KnownKey{"name", text, "what it shows"},
    KnownKey{"transform", text, "FILE.FUNCTION of the Lua transform"},
    KnownKey{"row", row, "the row that goes in; a field that is left out is null"},
    KnownKey{"gives", rows, "the rows that come out; [] where the row is dropped"},
    KnownKey{"fails", text, "a part of the error that rejects the row"},
};

constexpr std::array kGate = {
    KnownKey{"verifications", count, "how many must have passed in a row"},
    KnownKey{"within", text, "within how long a time: 12h, 7d"},
};

constexpr std::array kAlert = {
    KnownKey{"name", text, "what the ledger calls the alert"},
    KnownKey{"when", text, "the condition: FIGURE > NUMBER, or check.NAME failed"},
    KnownKey{"level", text, "how bad it is", "critical|warning|info"},
    KnownKey{"command", texts, "a program and its arguments, run without a shell"},
    KnownKey{"webhook", text, "an address that the alert is posted to as JSON"},
    KnownKey{"mail", text, "a file that a mail is written to"},
};

constexpr std::array kThrottle = {
    KnownKey{"rate", text, "rows or bytes a second of all workers: 50000 rows/s, 20 MB/s"},
    KnownKey{"active_sessions", count,
             "of a PostgreSQL target: more sessions of others at work hold the run"},
    KnownKey{"replication_lag", text, "of a PostgreSQL target: a replica further behind holds the run"},
    KnownKey{"sql", ValueShape::sql, "a query of the target that answers a number"},
    KnownKey{"above", count, "a larger number holds the run"},
};

constexpr KnownSection kPlanKeys{"plan", kPlan};
constexpr KnownSection kSourceKeys{"source.NAME", kSource};
constexpr KnownSection kTargetKeys{"target.NAME", kTarget};
constexpr KnownSection kTableKeys{"table.NAME", kTable};
constexpr KnownSection kLoadKeys{"table.NAME.load.NAME", kLoad};
constexpr KnownSection kMergeKeys{"merge", kMerge};
constexpr KnownSection kPartitionKeys{"partition", kPartition};
constexpr KnownSection kPartKeys{"parts.NAME", kPart};
constexpr KnownSection kDistributeKeys{"distribute", kDistribute};
constexpr KnownSection kColumnKeys{"a column", kColumn};
constexpr KnownSection kLoadColumnKeys{"a load's column", kLoadColumn};
constexpr KnownSection kCheckKeys{"check.NAME", kCheck};
constexpr KnownSection kCheckFileKeys{"a check file", kCheckFile};
constexpr KnownSection kCheckArgumentKeys{"arguments.NAME", kCheckArgument};
constexpr KnownSection kGuardKeys{"guard.NAME", kGuard};
constexpr KnownSection kViewKeys{"view.NAME", kView};
constexpr KnownSection kTriggerKeys{"trigger.NAME", kTrigger};
constexpr KnownSection kSqlStepKeys{"[sql]", kSqlStep};
constexpr KnownSection kSqlKeys{"sql", kSql};
constexpr KnownSection kToleranceKeys{"tolerance", kTolerance};
constexpr KnownSection kExampleKeys{"example", kExample};
constexpr KnownSection kGateKeys{"gate", kGate};
constexpr KnownSection kAlertKeys{"alert", kAlert};
constexpr KnownSection kThrottleKeys{"throttle", kThrottle};

}  // namespace

const KnownKey* KnownSection::find(std::string_view key) const {
  for (const auto& k : keys) {
    if (k.name == key) return &k;
  }
  return nullptr;
}

const KnownSection& plan_keys() {
  return kPlanKeys;
}
const KnownSection& source_keys() {
  return kSourceKeys;
}
const KnownSection& target_keys() {
  return kTargetKeys;
}
const KnownSection& table_keys() {
  return kTableKeys;
}
const KnownSection& load_keys() {
  return kLoadKeys;
}
const KnownSection& merge_keys() {
  return kMergeKeys;
}
const KnownSection& partition_keys() {
  return kPartitionKeys;
}
const KnownSection& part_keys() {
  return kPartKeys;
}
const KnownSection& distribute_keys() {
  return kDistributeKeys;
}
const KnownSection& column_keys() {
  return kColumnKeys;
}
const KnownSection& load_column_keys() {
  return kLoadColumnKeys;
}
const KnownSection& check_keys() {
  return kCheckKeys;
}
const KnownSection& check_file_keys() {
  return kCheckFileKeys;
}
const KnownSection& check_argument_keys() {
  return kCheckArgumentKeys;
}
const KnownSection& guard_keys() {
  return kGuardKeys;
}
const KnownSection& view_keys() {
  return kViewKeys;
}
const KnownSection& trigger_keys() {
  return kTriggerKeys;
}
const KnownSection& sql_step_keys() {
  return kSqlStepKeys;
}
const KnownSection& sql_keys() {
  return kSqlKeys;
}
const KnownSection& tolerance_keys() {
  return kToleranceKeys;
}
const KnownSection& example_keys() {
  return kExampleKeys;
}
const KnownSection& gate_keys() {
  return kGateKeys;
}
const KnownSection& alert_keys() {
  return kAlertKeys;
}
const KnownSection& throttle_keys() {
  return kThrottleKeys;
}

std::span<const std::string_view> top_level_words() {
  return kTopLevel;
}

}  // namespace planrun
