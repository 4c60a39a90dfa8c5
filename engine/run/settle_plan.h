// The merges of a plan settled from what a run reads, before it writes.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "database/target.h"
#include "load/settle.h"

namespace planrun {

struct SettlePlanOptions {
  std::string run;               // the connection's name where the target is asked
  bool ask_target = true;        // for the canonical text of types that are not encoded
  std::filesystem::path folder;  // for hashes that memory does not hold; where it is not there, the system's
  std::size_t samples = 20;
  bool samples_where_settled = false;
};

/// Reads each load of a merge twice; nothing where the plan has none. Throws Error(interrupted).
Settlements settle_plan(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources,
                        TargetDatabase& target, const SettlePlanOptions& options,
                        const std::atomic<bool>& stop);

/// Throws Error(rejected) naming the first keys whose rows differ where the plan does not say which one to
/// keep.
void refuse_unsettled(const Settlements& settlements);

/// What the ledger says of merged rows against what the settlement says: where they are not as many as the
/// rows that have a key with others, but for one of each. Empty: they are. Loads whose rows meet rows of the
/// target merge some there, and are left out.
std::vector<std::string> find_unmerged(const ResolvedPlan& plan, const Settlements& settlements,
                                       const std::vector<ChunkRecord>& chunks);

/// "3 keys have rows that differ, and `merge` does not say which one to keep"
std::string what_is_unsettled(const Settlement& settlement);

}  // namespace planrun
