// What the target must hold against what was read back of it, down to key and column.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "run/context.h"

namespace planrun {

/// The source keys, as JSON, of the load's rows that are known not to be in the target.
std::set<std::string> rejected_keys(const std::vector<RejectRecord>& rejects, const std::string& load);

/// Reads source and target again and says where they differ, at most `limit` times (run/row_comparison.h).
/// `rejects`: rows of the source that are known not to be in the target.
std::vector<Difference> find_differences(const Dialect& dialect, const ResolvedTable& table,
                                         const Settlements& settlements, Target& target,
                                         const std::function<Source&(const std::string&)>& source,
                                         const std::vector<RejectRecord>& rejects, std::size_t limit);

/// Holds what was read back of each table, `context.found`, against what the chunks of the ledger add up to,
/// which `summary` has, and fills in its tables: digests, and at most `limit` differences. Returns what is
/// not proved.
std::vector<std::string> compare_proofs(const RunContext& context, Ledger& ledger, std::size_t limit,
                                        RunSummary& summary);

}  // namespace planrun
