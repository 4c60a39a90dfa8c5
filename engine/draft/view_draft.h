// A source's views: each for the targets that can have it, or why not.
#pragma once

#include <functional>
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

/// Of a PostgreSQL source.
struct TypedView {
  const TableCensus* census = nullptr;
  bool is_carried = false;  // a PostgreSQL target has it as it is
  std::string reason{};     // why it does not; empty: the target may be another
};

using IsFree = std::function<bool(const std::string& name)>;
std::vector<TypedView> draft_typed_views(const DraftSource& source, std::span<const TableDraft> tables,
                                         const DraftTarget& target, const IsFree& is_free);

}  // namespace planrun
