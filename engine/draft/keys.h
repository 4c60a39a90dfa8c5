// Keys, foreign keys and indexes of drafted tables.
#pragma once

#include <span>
#include <vector>

#include "draft/source_sql.h"
#include "draft/table_draft.h"
#include "draft/typed_table.h"

namespace planrun {

/// The table of the same source that a foreign key refers to; null where it is not drafted.
TableDraft* referenced_table(std::span<TableDraft> tables, const TableDraft& from,
                             const SourceForeignKey& key);

/// INTEGER PRIMARY KEY: the database numbers the rows by it.
bool numbers_rows(const TableCensus& table);

/// Whether a foreign key of PostgreSQL's may have such values at its two ends: the referring one becomes the
/// other's type without a loss ("Constraints", its manual, and pg_cast).
bool may_refer(const Way& from, const Way& to);

/// What expressions may name.
std::vector<SqlColumn> sql_columns(const TableDraft& table);

/// Fills in the columns' `primary` and `unique`, the constraints and the indexes. Types are settled.
void draft_keys(std::span<TableDraft> tables, const DraftTarget& target);

}  // namespace planrun
