// A run, from the ledger's first question to the verdict.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>

#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"
#include "run/observer.h"

namespace planrun {

struct RunOptions {
  int jobs = 2;                        // workers; 0: as run/jobs.h chooses
  std::filesystem::path state_folder;  // $XDG_STATE_HOME/planrun; the plan's `folder` goes first
  std::string program_version;
  std::int64_t rows_per_chunk = 250'000;  // of the first cut; time and bytes cut further (load/load_chunk.h)
  int retry_seconds = 60;  // how long a lost connection is tried again before the run stops, resumable
  std::map<std::string, std::string> reviewed;  // fingerprints by target that alone may run; empty: any
  Rate rate;                                    // in place of the plan's, where it says one
  const std::atomic<bool>* paused = nullptr;    // set while the run is to be held; null: nobody can
  std::size_t shown_differences = 20;
  std::size_t shown_rejects = 20;
};

/// Targets by name.
using Targets = std::map<std::string, TargetDatabase*>;

/// Runs the plan, or goes on with its unfinished run, or says that it is done. `stop` may be set at any time:
/// chunks are cut short, and the verdict is `interrupted`. What is wrong with the plan comes as Diagnostics
/// in `wrong`, with an Error(plan) thrown; other Errors end the run and are told in the summary (verdict,
/// message, hint) unless the run could not begin. Of several targets the first, home, comes last: its ledger
/// says `passed` when all of them have.
RunSummary run_plan(const Plan& plan, const std::map<std::string, SourceDatabase*>& sources,
                    const Targets& targets, const RunOptions& options, const std::atomic<bool>& stop,
                    Observer& observer, Diagnostics& wrong);

}  // namespace planrun
