// A passed run looked at again: what the sources say its target must hold against what it holds now.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json_fwd.h"
#include "database/watch_ledger.h"
#include "plan/plan.h"
#include "run/observer.h"
#include "run/runner.h"

namespace planrun {

enum class VerifyFrom { snapshot_where_there, snapshot, live };

struct VerifyOptions {
  std::string run;  // empty: the latest
  VerifyFrom from = VerifyFrom::snapshot_where_there;
  std::size_t limit = 20;  // of differences that are told
  int jobs = 2;            // workers; 0: as run/jobs.h chooses
};

enum class Compared {
  equal,      // all rows, at one moment
  changed,    // some rows were written while they were read; what stood still is equal
  different,  // rows differ while neither side changes, or the target cannot be read back
};
std::string_view to_string(Compared compared);

/// One table; of a table that others write to, one load.
struct TableVerification {
  std::string table;
  std::string load;  // empty: the whole table
  std::int64_t rows_expected = 0;
  std::int64_t rows_found = 0;    // 0 where it could not be read
  std::int64_t rows_changed = 0;  // keys that were written while they were read
  std::int64_t keys_different = 0;
  bool has_more = false;  // there may be further keys that differ
  double seconds = 0;
  Compared verdict = Compared::equal;
  std::string fault;  // why the target could not be read back; empty: it could
  std::vector<Difference> differences;

  bool was_read() const { return fault.empty(); }
};

struct VerifySummary {
  std::string plan;
  std::string run;
  std::string target;
  std::string source;  // "snapshot", "live"
  VerificationVerdict verdict = VerificationVerdict::not_done;
  std::string message;  // why it did not pass
  std::int64_t started_at = 0;
  std::int64_t finished_at = 0;
  std::int64_t sample = 0;  // of the run, where it is a rehearsal
  double seconds = 0;
  std::int64_t rows_rejected = 0;  // by the run, of all sources: kept in the ledger, and not compared
  std::vector<TableVerification> tables;
  std::vector<CheckRecord> checks;  // guards behind them
  std::vector<std::string> notices;

  std::int64_t rows_expected() const;
  /// Of those that could be read back.
  std::int64_t rows_found() const;
  bool all_were_read() const;
  std::int64_t rows_changed() const;
  std::int64_t keys_different() const;
  std::int64_t checks_failed() const;
};

/// Writes to no table of a source or of the plan, and holds no lock that keeps a writer waiting; only its own
/// record goes into home's ledger, also where it could not be done. Two at once are fine. Throws
/// Error(refused) where there is no passed run, or where the plan of now would make other rows than the
/// run's; Error(plan) after adding to `wrong` where the plan does not fit its databases; Error(interrupted).
/// What is known by then is in `summary`.
void verify_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                 const Targets& targets, const VerifyOptions& options, const std::atomic<bool>& stop,
                 Observer& observer, Diagnostics& wrong, VerifySummary& summary);

Json to_json(const VerifySummary& summary);

}  // namespace planrun
