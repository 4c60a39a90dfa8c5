// A source's tables as its views and triggers may read them in the target.
#pragma once

#include <span>

#include "draft/draft_plan.h"
#include "draft/table_draft.h"
#include "translate/known_tables.h"

namespace planrun {

/// Of one source: its drafted tables, and by their names those that nothing can read. Views are not among
/// them.
KnownTables known_tables(const DraftSource& source, std::span<const TableDraft> tables);

}  // namespace planrun
