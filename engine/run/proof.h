// What the target must hold against what was read back of it, down to key and column.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "run/context.h"

namespace planrun {

/// Reads source and target again and says where they differ, at most `limit` times, in no particular order.
/// Memory is bounded: both sides are first summed up in 4,096 buckets by hash of the key, and only rows of
/// some unequal buckets are held. `rejects`: rows of the source that are known not to be in the target.
std::vector<Difference> find_differences(const Dialect& dialect, const ResolvedTable& table,
                                         const Settlements& settlements, Target& target,
                                         const std::function<Source&(const std::string&)>& source,
                                         const std::vector<RejectRecord>& rejects, std::size_t limit);

}  // namespace planrun
