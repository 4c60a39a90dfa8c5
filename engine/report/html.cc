#include "report/html.h"

#include <cstdio>

#include "base/text.h"
#include "base/time.h"

namespace planrun {

namespace {

constexpr std::string_view kReplacement = "\uFFFD";
// A longer one may be broken anywhere; a shorter one is a name or a number, and is not.
constexpr std::size_t kLongCode = 40;

std::string class_of(Align align) {
  return align == Align::right ? " class=\"n\"" : "";
}

std::string sort_attribute(const HtmlCell& cell) {
  return cell.sort_by.empty() ? "" : " data-sort=\"" + html_text(cell.sort_by) + "\"";
}

// Around a text that may be most of a page: no second one of its size is made.
std::string between(const std::string& before, std::string text, std::string_view behind) {
  text.reserve(before.size() + text.size() + behind.size());
  text.insert(0, before);
  text += behind;
  return text;
}

}  // namespace

std::string html_text(std::string_view text) {
  const std::string valid = replace_invalid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (const char c : valid) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\n':
      case '\t':
        out += c;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += kReplacement;
        } else {
          out += c;
        }
    }
  }
  return out;
}

HtmlCell HtmlCell::code(std::string_view text) {
  const std::string tag = text.size() > kLongCode ? "<code class=\"long\">" : "<code>";
  return {tag + html_text(text) + "</code>", std::string(text)};
}

HtmlCell HtmlCell::count(std::int64_t count) {
  return {with_thousands(count), std::to_string(count)};
}

HtmlCell HtmlCell::time(std::int64_t unix_micros) {
  return {"<time>" + to_iso_utc(unix_micros) + "</time>", std::to_string(unix_micros)};
}

HtmlCell HtmlCell::bytes(std::int64_t bytes) {
  return {human_bytes(bytes), std::to_string(bytes)};
}

HtmlCell HtmlCell::seconds(double seconds) {
  return {short_seconds(seconds), std::to_string(seconds)};
}

void HtmlTable::add(const std::vector<HtmlCell>& cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string attributes = class_of(columns_[i].align) + sort_attribute(cells[i]);
    rows_ += i == 0 ? "<th scope=\"row\"" + attributes + ">" + cells[i].html + "</th>"
                    : "<td" + attributes + " data-label=\"" + html_text(columns_[i].heading) + "\">" +
                          cells[i].html + "</td>";
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::html() {
  std::string head;
  for (const auto& column : columns_) {
    head += "<th scope=\"col\"" + class_of(column.align) + ">" + html_text(column.heading) + "</th>";
  }
  return between("<div class=\"table\"><table class=\"sortable\"><caption>" + html_text(caption_) +
                     "</caption>\n<thead><tr>" + head + "</tr></thead>\n<tbody>\n",
                 std::move(rows_), "</tbody></table></div>\n");
}

std::string short_seconds(double seconds) {
  if (seconds >= 1 || seconds <= 0) return human_seconds(seconds);
  char text[32];
  std::snprintf(text, sizeof text, seconds < 0.01 ? "%.1f ms" : "%.0f ms", seconds * 1000);
  return text;
}

std::string html_section(const std::string& id, const std::string& heading, std::string content) {
  if (content.empty()) return "";
  return between("<section id=\"" + id + "\"><h2>" + html_text(heading) + "</h2>\n", std::move(content),
                 "</section>\n");
}

std::string html_details(std::string_view summary, std::string html, bool open) {
  return between(
      std::string("<details") + (open ? " open" : "") + "><summary>" + html_text(summary) + "</summary>\n",
      std::move(html), "</details>\n");
}

}  // namespace planrun
