#include "report/census_text.h"

#include "base/text.h"
#include "report/census_words.h"
#include "report/text_table.h"

namespace planrun {

namespace {

std::string census_heading(const TableCensus& table, const Paint& paint) {
  std::string text = paint.strong(shown_name(table.table.name)) + "  " + table_words(table) + ", " +
                     with_thousands(table.rows) + (table.rows == 1 ? " row" : " rows") + ", key " +
                     key_words(table);
  return text + numbering_words(table) + "\n";
}

std::string census_columns(const TableCensus& table) {
  TextTable text({{"column", Align::left},
                  {"declared", Align::left},
                  {"null", Align::right},
                  {"holds", Align::left},
                  {"from ... to", Align::left}});
  for (const auto& column : table.columns) {
    text.add({shown_name(column.column.name),
              shown_name(column.column.declared) == "''" ? "" : shown_name(column.column.declared),
              column.nulls.count == 0 ? "" : with_thousands(column.nulls.count), held_words(column),
              range_words(column)});
  }
  return text.text();
}

std::string table_census_text(const TableCensus& table, const Paint& paint) {
  std::string text = census_heading(table, paint) + census_columns(table);
  for (const auto& index : index_list(table)) text += "  " + paint.faint(index) + "\n";
  for (const auto& key : table.foreign_keys)
    text += "  " + paint.faint("foreign key " + foreign_key_words(key.key)) + "\n";
  for (const auto& note : census_notes(table)) {
    const std::string place = note.column.empty() ? "" : shown_name(note.column) + ": ";
    text += "  " + (note.is_bad ? paint.bad("!") : paint.careful("!")) + " " + place + note.text + "\n";
  }
  return text;
}

}  // namespace

std::string census_text(const DatabaseCensus& census, const Paint& paint) {
  std::string text = paint.strong(census.shown_url) + "\n" + census_summary(census) + "\n";
  for (const auto& notice : census.notices) text += notice + "\n";
  for (const auto& table : census.tables) {
    if (table.was_read) text += "\n" + table_census_text(table, paint);
  }
  const std::string unread = unread_words(census);
  if (!unread.empty()) text += "\n" + unread + "\n";
  const std::string objects = objects_words(census);
  if (!objects.empty()) text += "\n" + objects + "\n";
  return text;
}

}  // namespace planrun
