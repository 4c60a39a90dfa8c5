#include "base/line_diff.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace planrun {

namespace {

// Cells of the table of longest common parts: two texts of 2,000 other lines each, 16 MB.
constexpr std::size_t kMostCells = 4'000'000;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

class Diff {
 public:
  Diff(std::vector<std::string> before, std::vector<std::string> after)
      : before_(std::move(before)), after_(std::move(after)) {}

  std::vector<DiffLine> run() {
    std::size_t same = 0;
    const std::size_t shorter = std::min(before_.size(), after_.size());
    while (same < shorter && before_[same] == after_[same]) ++same;
    std::size_t end = 0;
    while (end < shorter - same && before_[before_.size() - 1 - end] == after_[after_.size() - 1 - end])
      ++end;
    for (std::size_t i = 0; i < same; ++i) keep();
    compare(before_.size() - end, after_.size() - end);
    for (std::size_t i = 0; i < end; ++i) keep();
    return std::move(lines_);
  }

 private:
  void keep() {
    lines_.push_back({LineChange::same, static_cast<int>(b_ + 1), static_cast<int>(a_ + 1), after_[a_]});
    ++b_;
    ++a_;
  }
  void remove() {
    lines_.push_back({LineChange::removed, static_cast<int>(b_ + 1), 0, before_[b_]});
    ++b_;
  }
  void add() {
    lines_.push_back({LineChange::added, 0, static_cast<int>(a_ + 1), after_[a_]});
    ++a_;
  }

  // From where both stand to these ends.
  void compare(std::size_t before_end, std::size_t after_end) {
    const std::size_t rows = before_end - b_;
    const std::size_t columns = after_end - a_;
    if (rows > 0 && columns > 0 && rows <= kMostCells / columns) {
      follow(common_lengths(rows, columns), rows, columns);
    }
    while (b_ < before_end) remove();
    while (a_ < after_end) add();
  }

  // How many lines the ends from (row, column) on have in common at most; a row more and a column more of 0.
  std::vector<std::uint32_t> common_lengths(std::size_t rows, std::size_t columns) const {
    const std::size_t width = columns + 1;
    std::vector<std::uint32_t> common((rows + 1) * width);
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;) {
        common[i * width + j] = before_[b_ + i] == after_[a_ + j]
                                    ? common[(i + 1) * width + j + 1] + 1
                                    : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
      }
    }
    return common;
  }

  void follow(const std::vector<std::uint32_t>& common, std::size_t rows, std::size_t columns) {
    const std::size_t width = columns + 1;
    for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
      if (before_[b_] == after_[a_]) {
        keep();
        ++i;
        ++j;
      } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) {
        remove();
        ++i;
      } else {
        add();
        ++j;
      }
    }
  }

  std::vector<std::string> before_;
  std::vector<std::string> after_;
  std::size_t b_ = 0;  // lines told
  std::size_t a_ = 0;
  std::vector<DiffLine> lines_;
};

}  // namespace

std::vector<DiffLine> line_diff(std::string_view before, std::string_view after) {
  return Diff(lines_of(before), lines_of(after)).run();
}

}  // namespace planrun
