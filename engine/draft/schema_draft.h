// The tables of several sources as tables of one target: names, columns, keys, checks, indexes.
#pragma once

#include <span>
#include <vector>

#include "draft/draft_plan.h"
#include "draft/table_draft.h"

namespace planrun {

/// All tables that hold rows of their own, in the order of the sources and their catalogs. The censuses must
/// outlive them.
std::vector<TableDraft> draft_tables(std::span<const DraftSource> sources, const DraftTarget& target);

}  // namespace planrun
