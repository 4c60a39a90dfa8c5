// Which alerts of a plan are raised, and which of them somebody must be told of.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "run/figures.h"

namespace planrun {

/// An alert to be told: it was raised or cleared just now, or could not be sent before.
struct AlertNews {
  const PlanAlert* alert = nullptr;
  AlertRecord record;  // as it goes into the ledger, once it was sent or not
  std::string value;   // of what the condition names
};

/// `known`: what the ledger has of the plan's alerts. An alert whose figure is not known stays as it is.
std::vector<AlertNews> find_news(const Plan& plan, const Figures& figures, const VerifySummary& summary,
                                 const std::vector<AlertRecord>& known, std::int64_t now);

/// What a command, a webhook and whoever reads them get.
Json to_json(const AlertNews& news, const VerifySummary& summary);

}  // namespace planrun
