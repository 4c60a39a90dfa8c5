// A table for a terminal: columns as wide as their widest cell, numbers to the right.
#pragma once

#include <string>
#include <vector>

#include "report/align.h"

namespace planrun {

/// "0.42", for a column of seconds.
std::string two_decimals(double value);

class TextTable {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// A rule, then one more row.
  void add_total(std::vector<std::string> cells) { total_ = std::move(cells); }
  /// Lines end with a newline; widths count code points.
  std::string text(const std::string& indent = "  ") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::string> total_;
};

}  // namespace planrun
