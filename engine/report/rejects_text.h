// The rows that a run kept out: for a person, as JSON, as CSV.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "database/ledger.h"
#include "report/paint.h"

namespace planrun {

/// By reason with counts, the most frequent first, then row by row.
std::string rejects_text(const RunRecord& run, const std::vector<RejectRecord>& rejects, const Paint& paint);
Json rejects_json(const RunRecord& run, const std::vector<RejectRecord>& rejects);
/// RFC 4180, with a line of names.
std::string rejects_csv(const std::vector<RejectRecord>& rejects);

}  // namespace planrun
