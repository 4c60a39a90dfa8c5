#include "run/choose_run.h"

#include "base/error.h"

namespace planrun {

RunRecord choose_run(const Plan& plan, const std::string& id, Ledger& ledger, const TargetDatabase& target) {
  const auto runs = ledger.runs(plan.name);
  if (runs.empty()) {
    throw Error(ErrorCode::refused,
                "there is no run of plan " + plan.name + " in the ledger of " + target.shown_url(),
                "planrun " + plan.file.string() + " begins one");
  }
  for (const auto& run : runs) {
    if (id.empty() || run.id == id) return run;
  }
  throw Error(ErrorCode::usage, "there is no run " + id + " of plan " + plan.name,
              "planrun status " + plan.file.string() + " lists the runs");
}

}  // namespace planrun
