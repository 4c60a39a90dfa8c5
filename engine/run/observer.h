// What a run tells while it goes and when it ends. Shown by report/; the run itself prints nothing.
#pragma once

#include <string>
#include <vector>

#include "data/balance.h"
#include "data/digest.h"
#include "database/ledger.h"
#include "graph/graph.h"

namespace planrun {

struct RunHeader {
  std::string plan;
  std::string run;
  bool resumed = false;
  std::string target;                // shown url
  std::vector<std::string> sources;  // "ora: sqlite:/path (snapshot /path, 1.2 MB)"
  int jobs = 1;
  std::int64_t chunks_done = 0;  // of a resumed run
};

struct LoadProgress {
  std::string load;
  std::int64_t rows = 0;           // read, with what earlier processes of this run committed
  std::int64_t rows_expected = 0;  // an estimate
  std::int64_t bytes = 0;
  bool done = false;
};

/// One load of the run, from the ledger.
struct LoadSummary {
  std::string load;
  Balance balance;
  std::int64_t bytes = 0;
  double seconds = 0;  // of its chunks, added up over workers
};

enum class ProofState { not_done, proved, different };

struct Difference {
  std::string key;       // "id 12", or "row" where the table has no key
  std::string column;    // empty: the whole row
  std::string expected;  // "no such row" where it should not be there
  std::string found;
};

struct TableSummary {
  std::string table;
  Balance balance;
  std::int64_t rows_found = 0;  // read back
  std::int64_t bytes = 0;
  double seconds = 0;
  int index_count = 0;  // indexes and keys read back from the catalog
  ProofState proof = ProofState::not_done;
  Digest expected;  // the sum of its chunks
  Digest found;     // read back
  std::vector<Difference> differences;
};

enum class Verdict { passed, passed_with_rejects, failed, unproved, interrupted, already_done };

struct RunSummary {
  std::string plan;
  std::string run;
  Verdict verdict = Verdict::failed;
  std::string message;  // why, where the verdict is not good
  std::string hint;
  bool rolled_back = false;  // by itself, since the plan says on_failure = "rollback"
  std::string target;
  std::int64_t sample = 0;  // rows of a root table that a rehearsal took; 0: all
  std::string proved_at;    // ISO time, UTC
  double seconds = 0;
  std::vector<TableSummary> tables;
  std::vector<LoadSummary> loads;
  std::vector<CheckRecord> checks;
  std::vector<RejectRecord> rejects;  // the first ones
  std::int64_t rows_rejected = 0;
  std::vector<std::string> snapshots;  // "ora: FILE sha256 ..."
};

/// Calls come from several threads, one at a time.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void run_began(const RunHeader& header) = 0;
  virtual void notice(const std::string& text) = 0;
  virtual void step_began(const Step& step) = 0;
  virtual void step_ended(const Step& step, double seconds) = 0;
  /// A few times a second.
  virtual void progress(const std::vector<LoadProgress>& loads, double seconds) = 0;
  virtual void run_ended(const RunSummary& summary) = 0;
};

}  // namespace planrun
