// Tables of a source that types its columns: as they stand there, where the target has the like.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "database/dialect.h"
#include "draft/table_draft.h"
#include "sql/expression.h"

namespace planrun {

/// What is known of the plan's target.
struct DraftTarget {
  bool is_postgres = false;          // for certain; else it may be SQLite
  const Dialect* sqlite = nullptr;   // says what SQLite does not have; outlives the draft
  std::vector<std::string> types{};  // the source's own that the plan makes, in the order in which it can
};

/// Whether its source typed the table's columns.
bool is_typed(const TableDraft& table);

/// The types, with what becomes of values that the target does not hold. Keys are marked.
void choose_typed(TableDraft& table, const DraftTarget& target);
/// Numbering, collations, defaults, generated columns and checks, and what of the table cannot be carried.
void finish_typed(TableDraft& table, const DraftTarget& target);

/// An expression in words that PostgreSQL and SQLite read alike, or as it is where the target is PostgreSQL
/// and has all that it names. Absent otherwise; `reason` says why.
std::optional<std::string> carried_sql(const TableDraft& table, const std::string& sql,
                                       const DraftTarget& target, std::string& reason);

/// What stands before and behind a key's or a foreign key's own words: its name, where PostgreSQL would have
/// chosen another one, and when it is looked at.
struct KeyWords {
  std::string before;  // "constraint t_k "
  std::string kind;    // of a unique key: "unique" or "unique nulls not distinct"
  std::string behind;  // " deferrable"
};
KeyWords words_of_key(const TableDraft& table, const KeySchema& key, const DraftTarget& target);
KeyWords words_of_foreign_key(const TableDraft& table, const ForeignKeySchema& key,
                              const DraftTarget& target);

/// The line of an index; a comment where it is not carried.
std::string typed_index_sql(const TableDraft& table, const SourceIndex& index, const DraftTarget& target,
                            LineDraft& line);

}  // namespace planrun
