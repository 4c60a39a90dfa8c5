// The rows that a run kept out: for a person, as JSON, as CSV.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "database/ledger.h"
#include "report/paint.h"

namespace planrun {

struct KeptOut {
  std::vector<RejectRecord> rejected;
  std::vector<RejectRecord> merged;  // rows that gave way to others of their keys
};

/// By reason with counts, the most frequent first, then row by row; merged rows apart, behind the rejected
/// ones.
std::string rejects_text(const RunRecord& run, const KeptOut& rows, const Paint& paint);
Json rejects_json(const RunRecord& run, const KeptOut& rows);
/// RFC 4180, with a line of names.
std::string rejects_csv(const KeptOut& rows);

}  // namespace planrun
