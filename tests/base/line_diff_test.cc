#include "base/line_diff.h"

#include "support/catch.h"

namespace line_diff_test {

using namespace planrun;

namespace {

// "=a" a line of both, "-a" and "+a", each with its numbers.
std::string shown(std::string_view before, std::string_view after) {
  std::string text;
  for (const DiffLine& line : line_diff(before, after)) {
    text += line.change == LineChange::same ? "=" : line.change == LineChange::added ? "+" : "-";
    text += line.text + std::to_string(line.before) + std::to_string(line.after) + " ";
  }
  return text;
}

}  // namespace

TEST_CASE("a line diff has as few changes as can be, with the numbers of both texts") {
  CHECK(shown("a\nb\nc\n", "a\nb\nc\n") == "=a11 =b22 =c33 ");
  CHECK(shown("a\nb\nc\n", "a\nx\nc\nd\n") == "=a11 -b20 +x02 =c33 +d04 ");
  // The longest common part is b, c, e, whichever way one looks.
  CHECK(shown("a\nb\nc\nd\ne\n", "b\nz\nc\ne\n") == "-a10 =b21 +z02 =c33 -d40 =e54 ");
  CHECK(shown("", "a\n") == "+a01 ");
  CHECK(shown("a\n", "") == "-a10 ");
  CHECK(shown("a", "a\n") == "=a11 ");
  CHECK(shown("", "").empty());
}

TEST_CASE("texts that differ in very many lines are told one after the other") {
  std::string before;
  std::string after;
  for (int i = 0; i < 3000; ++i) {
    before += "b" + std::to_string(i) + "\n";
    after += "a" + std::to_string(i) + "\n";
  }
  const auto lines = line_diff("same\n" + before, "same\n" + after);
  REQUIRE(lines.size() == 6001);
  CHECK(lines[0].change == LineChange::same);
  CHECK(lines[1].text == "b0");
  CHECK(lines[3000].change == LineChange::removed);
  CHECK(lines[3001].text == "a0");
  CHECK(lines[6000].after == 3001);
}

}  // namespace line_diff_test
