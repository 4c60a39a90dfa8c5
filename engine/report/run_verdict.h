// The first words of a report: what a run came to, and what of it is proved.
#pragma once

#include "base/json_fwd.h"
#include "report/run_report.h"

namespace planrun {

/// Fills in verdict, headline, statement, message, hint and proved_at of a report that is otherwise done.
/// `summary`: what the run's last end left in home's ledger; null where it left nothing.
void add_verdict(RunReport& report, const Json& summary);

}  // namespace planrun
