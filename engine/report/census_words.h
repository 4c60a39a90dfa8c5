// A census in words, as its text and its page both have them.
#pragma once

#include <string>
#include <vector>

#include "census/census.h"

namespace planrun {

/// What a person should look at, with the keys of the first rows: "12 '' among 340 dates (rowid 3, 9, ...)".
struct CensusNote {
  std::string column;  // empty: of the table
  std::string text;
  bool is_bad = false;  // it could not be read, or it breaks a key
};
std::vector<CensusNote> census_notes(const TableCensus& table);

/// "table, strict, without rowid"
std::string table_words(const TableCensus& table);
/// "id", "a, b"; "none" where the table declares none.
std::string key_words(const TableCensus& table);
/// ", autoincrement at 7"; empty: no sequence numbers its rows.
std::string numbering_words(const TableCensus& table);
/// "340 dates, 12 ''"; the number alone is left out where there is one kind.
std::string held_words(const ColumnCensus& column);
/// "1 to 347", "2 to 95 characters", "0.99 to 1.99 (2 decimals)", of each storage class.
std::string range_words(const ColumnCensus& column);
/// "(a, b) references t (x, y) on delete cascade"
std::string foreign_key_words(const SourceForeignKey& key);
/// "unique idx_a (a nocase, b desc), partial"
std::string index_words(const SourceIndex& index);
/// Those that a statement made; keys and unique constraints too.
std::vector<std::string> index_list(const TableCensus& table);
/// "not read: view a, virtual table b"; empty: all were.
std::string unread_words(const DatabaseCensus& census);
/// "beside them: function f(integer), extension citext"; empty: there is nothing.
std::string objects_words(const DatabaseCensus& census);
/// "12 tables, 3 not read, 134,201 rows, 0.31 s"
std::string census_summary(const DatabaseCensus& census);

/// A name as it is, quoted and escaped where it would not show.
std::string shown_name(const std::string& name);

}  // namespace planrun
