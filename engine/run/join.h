// A process that takes part in a run of another one, `--join RUN`: it claims chunks as the run's own workers
// do, by the locks of their rows in the ledger, and does nothing else. Tables, indexes, proofs and the
// verdict are the run's own.
#pragma once

#include <atomic>
#include <map>
#include <string>

#include "base/json_fwd.h"
#include "run/runner.h"

namespace planrun {

enum class JoinVerdict {
  done,         // all rows that could be shared are loaded
  interrupted,  // stopped on request, here or in the run's own process
  ended,        // the run has failed, or is being taken back
  left_alone,   // the run's own process is gone: it is resumed by the same command as always
};

struct JoinSummary {
  std::string plan;
  std::string run;
  JoinVerdict verdict = JoinVerdict::done;
  std::int64_t chunks = 0;  // committed by this process
  std::int64_t rows = 0;    // read
  std::int64_t bytes = 0;   // written
  double seconds = 0;
};
Json to_json(const JoinSummary& summary);
std::string to_text(const JoinSummary& summary);
int exit_status(JoinVerdict verdict);

/// Joins the run of that id, or the one at work where it is "latest", which is waited for up to a minute: in
/// one target after the other, as the run goes. The plan must be the run's own, its snapshots must be at the
/// same paths, and its moments are read while its own process keeps them. Loads whose rows meet rows, those
/// that a guard watches, and targets of one writer stay with the run's own process. Throws Error(refused) for
/// a plan of another fingerprint, a run that is not at work or has nothing to share.
JoinSummary join_run(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                     const Targets& targets, const RunOptions& options, const std::string& id,
                     const std::atomic<bool>& stop, Observer& observer, Diagnostics& wrong);

}  // namespace planrun
