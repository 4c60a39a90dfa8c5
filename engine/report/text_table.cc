#include "report/text_table.h"

#include <algorithm>

#include "base/text.h"

namespace planrun {

std::string two_decimals(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string TextTable::text(const std::string& indent) const {
  std::vector<std::size_t> widths;
  for (const auto& column : columns_) widths.push_back(count_code_points(column.title));
  const auto widen = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], count_code_points(row[i]));
  };
  for (const auto& row : rows_) widen(row);
  widen(total_);

  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out = indent;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - count_code_points(cells[i]), ' ');
      out += columns_[i].align == Align::right ? space + cells[i] : cells[i] + space;
      if (i + 1 < cells.size()) out += "  ";
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
  };
  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    std::string rule;
    for (std::size_t n = 0; n < widths[i]; ++n) rule += "─";
    rules.push_back(rule);
  }
  std::string text = line(titles) + line(rules);
  for (const auto& row : rows_) text += line(row);
  if (!total_.empty()) text += line(rules) + line(total_);
  return text;
}

}  // namespace planrun
