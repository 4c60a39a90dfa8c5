// The same road as a run, up to the first write: what would be done, and what every conversion would do to
// all rows. Opens sources read-only and writes nothing anywhere.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "database/source.h"
#include "database/target.h"
#include "graph/graph.h"
#include "plan/plan.h"
#include "run/observer.h"

namespace planrun {

/// One row as the source has it and as the target would.
struct SampleRow {
  using Values = std::vector<std::pair<std::string, std::string>>;  // column, value in words
  std::string before;                                               // JSON object of source columns
  std::vector<Values> after;  // one, or those that a transform made of it, the first ones
  std::size_t more = 0;       // rows that it made besides
};

struct RejectGroup {
  std::string column;
  std::string reason;
  std::int64_t rows = 0;
  std::vector<Reject> samples;
};

/// What `merge` makes of the rows of one group of loads.
struct MergePreview {
  std::string group;
  std::string table;
  std::vector<std::string> from;     // "a.metrics"
  std::string rule;                  // "newest by updated_at"; empty: rows that differ are an error
  std::int64_t keys_repeated = 0;    // that more than one row has
  std::int64_t keys_different = 0;   // of them, those whose rows are not all equal
  std::int64_t rows_equal = 0;       // that give way to an equal row,
  std::int64_t rows_different = 0;   // or to another one
  std::vector<std::string> samples;  // of keys with different rows
  std::string problem;               // why a run would stop; empty: it would not
};

struct LoadPreview {
  std::string load;
  std::string from;                 // "ora.shipped_items"
  Balance balance;                  // written: what would be
  std::int64_t rows_different = 0;  // merged, and not equal to the row that is kept
  std::int64_t bytes = 0;
  bool stops = false;                // on_reject = "stop", or more rejects than max_rejects
  std::vector<RejectGroup> rejects;  // the most frequent first
  std::vector<SampleRow> samples;
};

/// Rows that an index, foreign key or CHECK would find in the way, as far as the source can tell.
struct SourceFinding {
  std::string load;
  std::string what;
  std::int64_t rows = 0;
  bool stops = false;
};

/// Keys, unique indexes, foreign keys and CHECKs of a table ("key orders_pkey") that only the run tells of.
struct NotLookedFor {
  std::string table;
  std::vector<std::string> what;
  std::string why;
};

struct DdlStep {
  std::string step;
  std::vector<std::string> statements;
};

struct Preview {
  std::string plan;
  std::string fingerprint;
  std::int64_t sample = 0;  // rows of a root table that were looked at; 0: all
  std::vector<std::string> sources;
  std::string target;
  std::string target_problem;  // empty: the target would take the plan
  bool target_unreachable = false;
  std::vector<std::string> notices;
  std::string earlier_run;  // what the ledger says of it; empty: a new run would begin
  Graph graph;
  std::vector<DdlStep> ddl;
  std::vector<LoadPreview> loads;
  std::vector<MergePreview> merges;
  std::vector<SourceFinding> findings;
  // Whether no row counts for several reasons, and no row would go with one that is rejected.
  bool rejects_are_exact = true;
  std::vector<NotLookedFor> not_looked_for;
  std::vector<std::string> unread_tables;
  std::vector<std::string> missing_parts;  // of the sources' schema, that the plan does not have
  std::vector<std::pair<std::string, std::string>> checks;  // name, what it asks
  double estimated_seconds = 0;

  /// Whether a run would come to a good end, as far as can be told.
  bool would_pass() const;
};

struct PreviewOptions {
  int jobs = 2;
  std::size_t samples = 3;
  std::size_t sample_rows = 5;    // shown of what a transform made of one row
  std::size_t shown_rejects = 5;  // of each group
  std::size_t shown_merges = 5;   // keys with different rows, of each merge
};

/// Throws Error(plan) with `wrong` filled in; Error(source) when a source cannot be read; Error(interrupted).
Preview preview_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                     TargetDatabase& target, const PreviewOptions& options, const std::atomic<bool>& stop,
                     Diagnostics& wrong);

Json to_json(const Preview& preview);
Json to_json(const Graph& graph);

}  // namespace planrun
