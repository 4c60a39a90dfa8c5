// Settles the merges of a plan.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "database/source.h"
#include "load/road.h"
#include "load/settlement.h"

namespace planrun {

struct SettleOptions {
  ValueLimits limits;
  CanonicalText canonical_text;        // empty: as for Road
  std::filesystem::path folder;        // for files without a name
  std::function<bool()> stop;          // asked for each row
  std::size_t samples = 20;            // keys with different rows that are told in words
  bool samples_where_settled = false;  // also where the plan says which row is kept
};

/// Sends each load of a merge along its road twice, and a third time where there are samples to tell: first
/// for the hashes of all keys, then for the rows of those keys that come more than once. Of such a key is
/// kept: of equal rows the first, in the order of `from` and then of the source; of different ones the one
/// that `keep` says (newest: a null is oldest, the first of several). Throws Error(interrupted) when stopped.
Settlements settle(const ResolvedPlan& plan, const std::map<std::string, SourceDatabase*>& sources,
                   const SettleOptions& options);

}  // namespace planrun
