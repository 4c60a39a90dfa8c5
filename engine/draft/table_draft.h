// A table of the plan to be: what will be written, each part with what a person should know of it.
#pragma once

#include <string>
#include <vector>

#include "draft/column_choice.h"

namespace planrun {

using Notes = std::vector<std::string>;  // a comment each

struct ColumnDraft {
  const ColumnCensus* census = nullptr;
  std::string name;  // in the target
  ColumnFacts facts;
  ColumnChoice choice;
  bool follows_key = false;  // its type is that of the other end of a foreign key
  bool not_null = false;
  bool primary = false;
  bool unique = false;
  std::string default_sql{};
  std::string identity_sql{};   // "generated always as identity"
  std::string serial_type{};    // "serial" and its kin, in place of the type
  std::string collation{};      // as it stands behind `collate`
  bool store_as_text = false;   // of a numeric: SQLite keeps it as text
  std::string generated_sql{};  // computed by the target, not loaded
  std::string check{};          // that reads this column alone
  Notes notes{};
};

/// A constraint, an index or whatever else is a line of SQL of its own.
struct LineDraft {
  std::string name{};  // of an index
  std::string sql{};
  bool is_comment = false;  // it cannot be carried: the notes say why
  std::string allow{};      // "P049 reason": a warning that may stand
  Notes notes{};
};

struct TableDraft {
  const TableCensus* census = nullptr;
  std::string source;  // the plan's name of it
  std::string name;    // in the target
  std::vector<ColumnDraft> columns{};
  std::vector<LineDraft> constraints{};
  std::vector<LineDraft> indexes{};
  const PartitionSchema* partition = nullptr;  // none: it is one table
  Notes notes{};

  ColumnDraft* find(const std::string& source_column);
  const ColumnDraft* find(const std::string& source_column) const;
  /// "id", "a, b": what samples are keys of.
  std::string row_key() const;
};

}  // namespace planrun
