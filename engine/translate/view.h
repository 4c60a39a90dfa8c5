// A view of SQLite's for PostgreSQL, where it is certain to give the same rows with the same values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "translate/known_tables.h"

namespace planrun {

struct TranslatedView {
  std::string query;   // in PostgreSQL's words
  std::string source;  // the query as SQLite has it
  KnownTable table;    // what reads it may know of it
};

/// `sql` is its CREATE VIEW; `name` and `columns` are those of the target, in the view's order. Absent where
/// it is not certain: `reason` then says why, by which word and in which line.
std::optional<TranslatedView> translate_view(std::string_view sql, const std::string& name,
                                             const std::vector<std::string>& columns,
                                             const KnownTables& tables, std::string& reason);

}  // namespace planrun
