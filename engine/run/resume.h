// Whether a run may go on under the plan as it is now.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "run/context.h"

namespace planrun {

/// A plan that was mended while its run was unfinished is accepted where nothing that is already in the
/// target depends on the change: tables that are not made yet, steps that are not done yet, and loads whose
/// committed chunks, read from the snapshot and hashed again under the new plan, give the ledger's digests.
/// Throws Error(refused) naming what changed otherwise. Returns what was accepted, a line each; empty when
/// nothing changed.
std::vector<std::string> accept_plan(
    const RunRecord& run, const ResolvedPlan& plan, const std::vector<StepRecord>& steps,
    const std::vector<ChunkRecord>& chunks,
    const std::function<std::unique_ptr<Road>(const ResolvedTable&, const ResolvedLoad&)>& road);

/// Reads and hashes the committed chunks of all loads from `sources` again, which are not read at the moment
/// they were loaded from. Rows that are rejects by now are left out. Throws Error(refused) naming the first
/// range of which the source holds other rows now. Returns how many chunks agree.
std::int64_t check_committed_chunks(
    const ResolvedPlan& plan, const std::set<std::string>& sources, const std::vector<ChunkRecord>& chunks,
    const std::vector<RejectRecord>& rejects,
    const std::function<std::unique_ptr<Road>(const ResolvedTable&, const ResolvedLoad&)>& road);

}  // namespace planrun
