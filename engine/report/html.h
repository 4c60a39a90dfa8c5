// Text, and tables of it, as HTML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/align.h"

namespace planrun {

/// For an element's content and for a quoted attribute. Whatever the bytes are, what comes out is text: bytes
/// that are no UTF-8 and control characters stand as U+FFFD.
std::string html_text(std::string_view text);

/// A cell: what is shown (HTML), and what it is sorted by where that is another text.
struct HtmlCell {
  std::string html;
  std::string sort_by{};

  static HtmlCell text(std::string_view text) { return {html_text(text)}; }
  static HtmlCell code(std::string_view text);
  static HtmlCell count(std::int64_t count);
  static HtmlCell time(std::int64_t unix_micros);
  static HtmlCell bytes(std::int64_t bytes);
  static HtmlCell seconds(double seconds);
};

/// A table whose rows can be sorted, and that a narrow screen shows row by row.
class HtmlTable {
 public:
  struct Column {
    std::string heading;
    Align align = Align::left;
  };

  HtmlTable(std::string caption, std::vector<Column> columns)
      : caption_(std::move(caption)), columns_(std::move(columns)) {}
  /// One cell a column; the first names the row.
  void add(const std::vector<HtmlCell>& cells);
  bool empty() const { return rows_.empty(); }
  /// Once: it gives its rows away.
  std::string html();

 private:
  std::string caption_;
  std::vector<Column> columns_;
  std::string rows_;
};

/// A part of the page under a heading; empty where there is no content.
std::string html_section(const std::string& id, const std::string& heading, std::string content);

/// "0.4 ms", "12 ms", and from a second on as human_seconds().
std::string short_seconds(double seconds);

/// What unfolds.
std::string html_details(std::string_view summary, std::string html, bool open = false);

}  // namespace planrun
