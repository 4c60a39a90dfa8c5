#include "report/census_html.h"

#include "base/text.h"
#include "base/time.h"
#include "report/census_words.h"
#include "report/html.h"
#include "report/html_page.h"

namespace planrun {

namespace {

/// Ids of one page: a table is named by its database's place and its own.
std::string section_id(std::size_t database, std::size_t table) {
  return "t" + std::to_string(database + 1) + "-" + std::to_string(table + 1);
}

std::string overview_html(const DatabaseCensus& census, std::size_t place) {
  HtmlTable html("Tables", {{"table", Align::left},
                            {"is", Align::left},
                            {"key", Align::left},
                            {"columns", Align::right},
                            {"rows", Align::right},
                            {"to look at", Align::right}});
  for (std::size_t i = 0; i < census.tables.size(); ++i) {
    const TableCensus& table = census.tables[i];
    const std::string name = html_text(shown_name(table.table.name));
    if (!table.was_read) {
      html.add({{name}, HtmlCell::text(table_words(table) + ", not read"), {""}, {""}, {""}, {""}});
      continue;
    }
    const auto notes = static_cast<std::int64_t>(census_notes(table).size());
    html.add({{"<a href=\"#" + section_id(place, i) + "\">" + name + "</a>", table.table.name},
              HtmlCell::text(table_words(table)),
              HtmlCell::text(key_words(table)),
              HtmlCell::count(static_cast<std::int64_t>(table.columns.size())),
              HtmlCell::count(table.rows),
              notes == 0 ? HtmlCell{"", "0"} : HtmlCell::count(notes)});
  }
  return html.html();
}

std::string census_columns_html(const TableCensus& table) {
  HtmlTable html("Columns", {{"column", Align::left},
                             {"declared", Align::left},
                             {"null", Align::right},
                             {"holds", Align::left},
                             {"from ... to", Align::left}});
  for (const auto& column : table.columns) {
    html.add({HtmlCell::text(shown_name(column.column.name)), HtmlCell::text(column.column.declared),
              HtmlCell::count(column.nulls.count), HtmlCell::text(held_words(column)),
              HtmlCell::text(range_words(column))});
  }
  return html.html();
}

std::string notes_html(const TableCensus& table) {
  const auto notes = census_notes(table);
  if (notes.empty()) return "";
  HtmlTable html("To look at", {{"column", Align::left}, {"what", Align::left}});
  for (const auto& note : notes) {
    const std::string state = note.is_bad ? "bad" : "careful";
    html.add({{"<span class=\"state " + state + "\">" +
                   html_text(note.column.empty() ? "table" : shown_name(note.column)) + "</span>",
               note.column},
              HtmlCell::text(note.text)});
  }
  return html.html();
}

std::string keys_html(const TableCensus& table) {
  HtmlTable html("Indexes and keys", {{"declared", Align::left}});
  for (const auto& index : index_list(table)) html.add({HtmlCell::text(index)});
  for (const auto& key : table.foreign_keys)
    html.add({HtmlCell::text("foreign key " + foreign_key_words(key.key))});
  return html.empty() ? "" : html_details("Indexes and foreign keys", html.html());
}

std::string table_html(const TableCensus& table, const std::string& id) {
  std::string note = table_words(table) + ", " + with_thousands(table.rows) +
                     (table.rows == 1 ? " row" : " rows") + ", key " + key_words(table);
  note += numbering_words(table);
  return html_section(
      id, shown_name(table.table.name),
      "<p class=\"note\">" + html_text(note) + "</p>\n" + notes_html(table) + census_columns_html(table) +
          keys_html(table) +
          html_details("Declaration", "<pre class=\"code\">" + html_text(table.declared.sql) + "</pre>\n"));
}

std::string objects_html(const DatabaseCensus& census) {
  std::string sql;
  for (const auto& object : census.objects)
    sql += "-- " + object.name + "\n" + object.sql + (object.sql.empty() ? "\n" : "\n\n");
  return sql.empty() ? ""
                     : html_details("Functions, types and other objects",
                                    "<pre class=\"code\">" + html_text(sql) + "</pre>\n");
}

std::string database_html(const DatabaseCensus& census, std::size_t place) {
  std::string notices;
  for (const auto& notice : census.notices) notices += "<p class=\"note\">" + html_text(notice) + "</p>\n";
  std::string html = html_section("d" + std::to_string(place + 1), census.shown_url,
                                  "<p>" + html_text(census_summary(census)) + "</p>\n" + notices +
                                      overview_html(census, place) + objects_html(census));
  for (std::size_t i = 0; i < census.tables.size(); ++i) {
    if (census.tables[i].was_read) html += table_html(census.tables[i], section_id(place, i));
  }
  return html;
}

}  // namespace

std::string census_html(std::span<const DatabaseCensus> censuses, std::int64_t now) {
  std::string content;
  for (std::size_t i = 0; i < censuses.size(); ++i) content += database_html(censuses[i], i);
  const std::string title =
      censuses.size() == 1 ? censuses[0].shown_url : std::to_string(censuses.size()) + " databases";
  const std::string begin = "<header><h1>Census</h1>\n<p class=\"note\">what " + html_text(title) +
                            (censuses.size() == 1 ? " holds" : " hold") +
                            ", value by value</p></header>\n<main>\n";
  const std::string end = "</main>\n<footer><p>Read at " + html_text(to_iso_utc(now)) +
                          " by <code>planrun census</code>.</p></footer>\n";
  const std::string_view body[] = {begin, content, end};
  return html_page("Census of " + title, body);
}

}  // namespace planrun
