// A verification in one target: all of it where the plan has one, a part of it where it has several.
#pragma once

#include "run/verification.h"

namespace planrun {

/// What the parts of a verification share. All of it outlives them.
struct VerifyInputs {
  const std::map<std::string, SourceDatabase*>& sources;
  const VerifyOptions& options;
  const std::atomic<bool>& stop;
  Observer& observer;
  Diagnostics& wrong;
};

/// Adds tables, checks and notices to `summary`, whose run is the one to verify; `run` is its record in this
/// target's ledger.
void verify_part(const Plan& part, TargetDatabase& target, Ledger& ledger, const RunRecord& run,
                 const VerifyInputs& inputs, VerifySummary& summary);

}  // namespace planrun
