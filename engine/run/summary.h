// The end of a run, told from the ledger and from what was read back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "plan/resolved_plan.h"
#include "run/observer.h"

namespace planrun {

/// Per load and table: balances and digests, summed up over the ledger's chunks. Proofs and indexes are left
/// open.
void add_balances(const ResolvedPlan& plan, const std::vector<ChunkRecord>& chunks, RunSummary& summary);

/// What does not balance: rows read that went nowhere, chunks that are pending, key ranges that do not join
/// up. Empty: all of it balances.
std::vector<std::string> find_imbalance(const ResolvedPlan& plan, const std::vector<ChunkRecord>& chunks);

/// Takes in what another target of the same run has: tables, loads, checks, rejects.
void append(RunSummary& summary, const RunSummary& other);

Json to_json(const RunSummary& summary);
/// The counts, by their names.
Json to_json(const Balance& balance);
std::string_view to_string(Verdict verdict);
/// The exit status that says it: design, "Exit status".
int exit_status(Verdict verdict);

}  // namespace planrun
