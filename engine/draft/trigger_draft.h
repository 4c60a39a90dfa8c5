// A source's triggers: each for both kinds of targets, or why not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "draft/draft_plan.h"
#include "draft/known_schema.h"
#include "translate/trigger.h"

namespace planrun {

struct TriggerDraft {
  const SourceTrigger* source = nullptr;
  std::optional<TranslatedTrigger> translated{};
  std::string reason{};  // why it is not
};

/// In their order. A trigger is translated where it does the same among all the others, and beside the
/// foreign keys.
std::vector<TriggerDraft> draft_triggers(const DraftSource& source, const KnownTables& known,
                                         const WhyNot& why_not);

}  // namespace planrun
