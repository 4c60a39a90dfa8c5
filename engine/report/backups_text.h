// The snapshots of a plan as a person reads them, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "run/backups.h"

namespace planrun {

/// `now`: Unix microseconds, for their age.
std::string backups_text(const std::string& plan, const std::vector<Backup>& backups, std::int64_t now);
Json backups_json(const std::string& plan, const std::vector<Backup>& backups);

}  // namespace planrun
