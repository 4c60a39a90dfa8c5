// A run as its targets' ledgers tell it: what `planrun report` shows, as a page and as JSON. Nothing in it
// comes from anywhere else, so that it can be made long after the run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/line_diff.h"
#include "database/ledger.h"
#include "report/run_timeline.h"
#include "report/target_state.h"
#include "run/snapshots.h"

namespace planrun {

/// What one target's ledger holds of a run, and of the same plan's other runs.
struct LedgerPart {
  std::string target;     // its name in the plan
  std::string shown_url;  // without a password
  RunRecord run;          // its id is empty where this ledger does not know the run
  std::vector<StepRecord> steps;
  std::vector<ChunkRecord> chunks;
  std::vector<RejectRecord> rejects;
  std::vector<RejectRecord> merged;
  std::vector<RunRecord> runs;                                 // of the plan, newest first
  std::map<std::string, std::vector<CheckRecord>> check_runs;  // by run, or "verification 12"
};

struct ReportOptions {
  bool show_values = false;         // what rows hold: of rejects, differences and messages
  std::int64_t now = 0;             // Unix microseconds
  std::vector<TargetState> lost{};  // targets of the run that the plan does not name any more, or unreachable
};

/// A step by what it needs: `needs` and `id` are without the target.
struct ReportStep {
  std::string target;
  StepRecord step;
};

struct ReportLoad {
  std::string target;
  std::string table;
  std::string load;
  Balance balance;
  std::int64_t bytes = 0;
  double seconds = 0;  // of its chunks, added up over workers
  std::int64_t chunks_done = 0;
  std::int64_t chunks_pending = 0;
  bool holds() const { return chunks_pending == 0 && balance.holds() && balance.emitted_holds(); }
};

/// One value of a row that is not what it should be.
struct ReportDifference {
  std::string key;
  std::string column;
  std::string expected;
  std::string found;
};

struct ReportTable {
  std::string target;
  std::string table;
  std::string proof;    // proved, different, not done
  bool exists = false;  // it was there before the run: only the run's own rows are proved
  Digest expected;      // the sum over its chunks
  Digest found;         // read back; of nothing where it was not
  std::int64_t difference_count = 0;
  std::vector<ReportDifference> differences;  // only with values shown
};

struct ReportSample {
  std::string key;
  std::string value;
  std::string reason;
  std::string row;
};

/// Rows that were kept out of a load's column for the same reason.
struct ReportReason {
  std::string target;
  std::string load;
  std::string source;  // source.table
  std::string column;
  std::string reason;  // without values of rows where they are hidden
  std::string kind;    // rejected; merged: another row of its key was kept
  std::int64_t rows = 0;
  std::vector<ReportSample> samples;  // the first ones; only with values shown
};

struct CheckReading {
  std::string run;
  CheckRecord record;
};

struct ReportCheck {
  std::string target;
  bool of_plan = false;               // false: every table gets it
  CheckRecord record;                 // the last of the run
  std::vector<CheckReading> history;  // of all runs of the plan, oldest first; the last ones
};

struct ReportGuard {
  std::string target;
  std::string name;
  std::string severity;
  std::string before;
  std::string after;  // empty with `is_read_after` false
  bool is_read_after = false;
  std::string status;  // passed, warning
  std::string message;
};

struct ReportFile {
  std::string file;
  std::string sha256;
  std::string text;
};

/// The plan's text held against that of the last run before this one.
struct PlanTextDiff {
  std::string run;    // empty: there is none, or its ledger has no text
  std::string state;  // of that run
  std::int64_t started_at = 0;
  std::vector<DiffLine> lines;  // none where the texts are the same
};

struct RunReport {
  RunRecord run;  // of home; its texts as they are in the ledger
  std::string description;
  std::int64_t sample = 0;  // rows of a root table that a rehearsal took; 0: all
  std::int64_t gathered_at = 0;

  std::string verdict;   // passed, passed_with_rejects, unproved, failed, interrupted, running, rolling_back,
                         // rolled_back
  std::string headline;  // "Passed, 3 rows rejected"
  std::string statement;  // what is proved, from what it was read, or that nothing is
  std::string message;    // why, where it did not pass
  std::string hint;
  std::string proved_at;  // ISO time; empty: nothing is proved

  Balance balance;
  std::int64_t bytes = 0;
  std::int64_t rows_read_back = 0;

  std::vector<TargetState> targets;  // home first
  std::vector<ReportStep> steps;
  Timeline timeline;
  std::vector<ReportLoad> loads;
  std::vector<ReportTable> tables;
  std::vector<ReportReason> reasons;  // those with most rows first
  std::vector<ReportCheck> checks;    // what did not pass first
  std::vector<ReportGuard> guards;
  std::vector<SnapshotRecord> snapshots;
  std::string plan_sha256;  // of the plan file's bytes
  std::vector<ReportFile> scripts;
  PlanTextDiff diff;
  bool shows_values = false;
};

/// Home's part is the first. Throws Error(refused) where a ledger's record cannot be read.
RunReport make_report(const std::vector<LedgerPart>& parts, const ReportOptions& options);

}  // namespace planrun
