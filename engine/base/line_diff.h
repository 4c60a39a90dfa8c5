// How one text became another, line by line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace planrun {

enum class LineChange { same, removed, added };

struct DiffLine {
  LineChange change = LineChange::same;
  int before = 0;  // line number from 1 in the earlier text; 0: it has no such line
  int after = 0;   // the same in the later text
  std::string text;
};

/// Every line of both texts in order, those that both have once. As few changes as can be where the parts
/// that differ have some thousand lines each; where they are longer, they stand one after the other.
std::vector<DiffLine> line_diff(std::string_view before, std::string_view after);

}  // namespace planrun
