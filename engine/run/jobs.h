// How many workers a run has.
#pragma once

#include <functional>
#include <string>

#include "database/target.h"

namespace planrun {

/// This machine's cores, 8 at most: a worker keeps a core here and one at the server busy.
int default_jobs();

/// `asked` (0: as many as the cores of both sides suggest), or fewer where the target has no room for their
/// connections, which is told. Throws Error(refused) where there is none for a single worker.
int choose_jobs(int asked, TargetDatabase& target, const std::function<void(const std::string&)>& notice);

}  // namespace planrun
