// A report as JSON: docs/report.schema.json says what is in it.
#pragma once

#include "base/json_fwd.h"
#include "report/run_report.h"

namespace planrun {

/// Times are ISO 8601 in UTC, null where there is none yet; seconds are numbers. `version` is the schema's.
Json report_json(const RunReport& report);

}  // namespace planrun
