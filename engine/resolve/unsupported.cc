#include "resolve/unsupported.h"

namespace planrun {
namespace {

void report(Diagnostics& diagnostics, Position at, const std::string& what) {
  diagnostics.error(at, what + " is understood, but this version cannot run it yet");
}

void report_load(const PlanLoad& load, Diagnostics& diagnostics) {
  if (load.from.size() > 1) report(diagnostics, load.from[1].at, "a second `from`");
  if (load.merge) report(diagnostics, load.merge->at, "`merge`");
}

}  // namespace

void report_unsupported(const Plan& plan, Diagnostics& diagnostics) {
  for (const auto& table : plan.tables) {
    for (const auto& load : table.loads) report_load(load, diagnostics);
  }
}

}  // namespace planrun
