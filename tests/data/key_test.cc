#include "data/key.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/reject.h"
#include "support/catch.h"

namespace key_test {

using namespace planrun;
using namespace std::string_literals;

namespace {

Key key(std::initializer_list<Cell> cells) {
  return key_of(std::span(cells.begin(), cells.size()));
}

}  // namespace

TEST_CASE("keys as JSON, lossless both ways") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<Key, std::string>> cases{
      {rowid_key(12), "[12]"},
      {Key(), "[]"},
      {key({Cell::of_text("a"), Cell::of_null()}), R"(["a",null])"},
      {key({Cell::of_integer(std::numeric_limits<std::int64_t>::min())}), "[-9223372036854775808]"},
      {key({Cell::of_integer(std::numeric_limits<std::int64_t>::max())}), "[9223372036854775807]"},
      {key({Cell::of_real(0.1), Cell::of_real(-0.0), Cell::of_real(1e300)}),
       R"([{"real":"0.1"},{"real":"-0"},{"real":"1)" + std::string(300, '0') + "\"}]"},
      {key({Cell::of_real(kInfinity), Cell::of_real(-kInfinity)}),
       R"([{"real":"7ff0000000000000"},{"real":"fff0000000000000"}])"},
      {key({Cell::of_real(1e15)}), R"([{"real":"1000000000000000"}])"},
      {key({Cell::of_blob("\x00\xff"s), Cell::of_text("\xff")}), R"([{"blob":"00ff"},{"text":"ff"}])"},
      {key({Cell::of_text("a\0b"s)}), R"([{"text":"610062"}])"},
      {key({Cell::of_text("it's \"\xC3\xA9\"\n")}), "[\"it's \\\"\xC3\xA9\\\"\\n\"]"},
      {key({Cell::of_text(""), Cell::of_blob("")}), R"(["",{"blob":""}])"},
  };
  for (const auto& [made, json] : cases) {
    INFO(json);
    CHECK(to_json(made) == json);
    CHECK(key_from_json(json) == made);
  }
}

TEST_CASE("bits of a real survive") {
  for (const double value : {-0.0, 5e-324, 1.7976931348623157e308, 0.30000000000000004}) {
    const Key back = key_from_json(to_json(key({Cell::of_real(value)})));
    CHECK(std::bit_cast<std::uint64_t>(back.values.at(0).real) == std::bit_cast<std::uint64_t>(value));
  }
  const Key nan = key_from_json(to_json(key({Cell::of_real(std::nan(""))})));
  CHECK(std::isnan(nan.values.at(0).real));
}

TEST_CASE("what is no key is refused") {
  for (const char* wrong :
       {"", "12", "{}", "[1.5]", "[true]", "[[1]]", "[9223372036854775808]", R"([{"blob":"0"}])",
        R"([{"real":"x"}])", R"([{"real":"1e999"}])", R"([{"other":"00"}])", R"([{"blob":"00","text":"00"}])",
        R"([{"real":1}])", "[1"}) {
    INFO(wrong);
    CHECK_THROWS_AS(key_from_json(wrong), Error);
  }
}

TEST_CASE("keys and rejects for people") {
  CHECK(to_text(rowid_key(12)) == "12");
  CHECK(to_text(key({Cell::of_text("it's"), Cell::of_integer(3), Cell::of_null()})) == "('it''s', 3, null)");
  CHECK(to_text(key({Cell::of_real(1.5), Cell::of_blob("\x00\xff"s)})) == "(1.5, x'00ff')");
  Reject reject{"ora", "orders", rowid_key(12), "enabled", "integer 2", "is no boolean", "{}"};
  CHECK(to_text(reject) == "ora.orders key 12, column enabled: integer 2: is no boolean");
  reject.key = {};
  reject.column.clear();
  reject.value.clear();
  CHECK(to_text(reject) == "ora.orders: is no boolean");
}

TEST_CASE("a key's cell is the cell it was made of") {
  const Key made = key({Cell::of_text("abc"), Cell::of_real(2.5)});
  CHECK(cell_of(made.values[0]).kind == CellKind::text);
  CHECK(cell_of(made.values[0]).bytes == "abc");
  CHECK(cell_of(made.values[1]).real == 2.5);
  CHECK(to_string(CellKind::blob) == "blob");
}

}  // namespace key_test
