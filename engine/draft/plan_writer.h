// Drafted tables as the text of a plan.
#pragma once

#include <string>

#include "draft/draft_plan.h"
#include "draft/table_draft.h"

namespace planrun {

/// [table.NAME] with its columns and indexes, a blank line behind it. Adds to the draft's counts.
void write_table(const TableDraft& table, Draft& draft);

}  // namespace planrun
