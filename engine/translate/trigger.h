// A trigger of SQLite's for PostgreSQL, where it is certain to do the same.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "translate/known_tables.h"

namespace planrun {

enum class RowEvent { insert, update, remove };

/// A table whose rows a trigger changes.
struct TriggerWrite {
  std::string table;  // by its name in the source
  RowEvent event = RowEvent::insert;
  std::set<std::string> columns{};  // that an UPDATE sets, in lower case
};

struct TranslatedTrigger {
  std::string name;
  std::string table;   // by its name in the source
  std::string target;  // and in the target
  RowEvent event = RowEvent::insert;
  bool before = false;
  std::string sql{};  // PostgreSQL's function and trigger
  std::vector<TriggerWrite> writes{};
  std::set<std::string> reads{};  // tables, in lower case
};

/// `sql` is its CREATE TRIGGER. Absent where its meaning is not certain by itself: `reason` then says why, by
/// which word and in which line. What it means among others of the database is not judged here.
std::optional<TranslatedTrigger> translate_trigger(std::string_view sql, const std::string& name,
                                                   const KnownTables& tables, std::string& reason);

}  // namespace planrun
