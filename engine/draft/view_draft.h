// A source's views: each for both kinds of targets, or why not.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "draft/draft_plan.h"
#include "draft/known_schema.h"

namespace planrun {

struct ViewDraft {
  const TableCensus* census = nullptr;
  std::string postgresql{};  // its query; empty: it is not translated
  std::string sqlite{};
  std::string reason{};  // why it is not
};

/// Each behind those that it reads. What was translated is put to `known`.
std::vector<ViewDraft> draft_views(const DraftSource& source, KnownTables& known, const WhyNot& why_not);

}  // namespace planrun
