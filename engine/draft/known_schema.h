// A source's tables as its views and triggers may read them in the target.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "draft/draft_plan.h"
#include "draft/table_draft.h"
#include "translate/known_tables.h"

namespace planrun {

/// Why the target cannot have a view or trigger of this name; empty: it can.
using WhyNot = std::function<std::string(const std::string& name)>;

/// Of one source: its drafted tables, and by their names those that nothing can read. Views are not among
/// them.
KnownTables known_tables(const DraftSource& source, std::span<const TableDraft> tables);

}  // namespace planrun
