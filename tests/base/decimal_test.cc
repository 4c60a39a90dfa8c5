#include "base/decimal.h"

#include <charconv>
#include <limits>
#include <random>

#include "support/catch.h"

namespace decimal_test {

using namespace planrun;

namespace {

std::string canonical(std::string_view text, bool leading_zeros = false) {
  std::string out = "|";
  return append_canonical_decimal(text, out, leading_zeros) ? out.substr(1) : "refused" + out;
}

template <typename Number>
std::string shortest(Number value) {
  std::string out;
  append_shortest_decimal(value, out);
  return out;
}

}  // namespace

TEST_CASE("decimals have one canonical text") {
  CHECK(canonical("0") == "0");
  CHECK(canonical("-0") == "0");
  CHECK(canonical("-0.00") == "0");
  CHECK(canonical("7.00") == "7");
  CHECK(canonical("-0.50") == "-0.5");
  CHECK(canonical("100") == "100");
  CHECK(canonical("123456789012345678901234567890.10") == "123456789012345678901234567890.1");
  CHECK(canonical("007", true) == "7");
  CHECK(canonical("-000.10", true) == "-0.1");
  CHECK(canonical("000", true) == "0");
  for (const char* text : {"", "-", "+1", " 1", "1 ", ".5", "5.", "1e3", "1,5", "007", "00", "-01", "1.2.3",
                           "NaN", "--1", "0x1", "1_000"}) {
    INFO(text);
    CHECK(canonical(text) == "refused|");
  }
}

// Expected by Python's repr(), which is the shortest too, exponents written out.
TEST_CASE("the shortest decimal, written out") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(-0.0) == "-0");
  CHECK(shortest(1.0) == "1");
  CHECK(shortest(-1234567.891) == "-1234567.891");
  CHECK(shortest(0.1 + 0.2) == "0.30000000000000004");
  CHECK(shortest(1e23) == "1" + std::string(23, '0'));
  CHECK(shortest(1.5e-7) == "0.00000015");
  CHECK(shortest(9007199254740993.0) == "9007199254740992");
  CHECK(shortest(std::numeric_limits<double>::denorm_min()) == "0." + std::string(323, '0') + "5");
  CHECK(shortest(std::numeric_limits<double>::max()) == "17976931348623157" + std::string(292, '0'));
  CHECK(shortest(0.1F) == "0.1");
  CHECK(shortest(16777216.0F) == "16777216");
}

TEST_CASE("shortest decimals read back as the same bits") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (value != value || value - value != 0) continue;
    const std::string text = shortest(value);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    if (std::bit_cast<std::uint64_t>(back) != std::bit_cast<std::uint64_t>(value)) FAIL(text);
    std::string again;
    if (!append_canonical_decimal(text, again) || again != text) FAIL(text << " is not canonical");
  }
  SUCCEED();
}

TEST_CASE("sizes of canonical decimals") {
  const auto size = [](std::string_view text) {
    const DecimalSize s = decimal_size(text);
    return std::pair(s.integer_digits, s.fraction_digits);
  };
  CHECK(size("0") == std::pair(0, 0));
  CHECK(size("-0.05") == std::pair(0, 2));
  CHECK(size("-123.4") == std::pair(3, 1));
  CHECK(size("100") == std::pair(3, 0));
}

// Expected by `psql`: select round(1.005::numeric, 2) and so on.
TEST_CASE("rounding is half away from zero") {
  CHECK(round_decimal("1.005", 2) == "1.01");
  CHECK(round_decimal("-1.005", 2) == "-1.01");
  CHECK(round_decimal("1.0049", 2) == "1");
  CHECK(round_decimal("2.5", 0) == "3");
  CHECK(round_decimal("-2.5", 0) == "-3");
  CHECK(round_decimal("0.4", 0) == "0");
  CHECK(round_decimal("-0.4", 0) == "0");
  CHECK(round_decimal("0.5", 0) == "1");
  CHECK(round_decimal("9.995", 2) == "10");
  CHECK(round_decimal("99.99", 1) == "100");
  CHECK(round_decimal("19.99", 5) == "19.99");
  CHECK(round_decimal("1250", -2) == "1300");
  CHECK(round_decimal("49", -2) == "0");
  CHECK(round_decimal("50", -2) == "100");
  CHECK(round_decimal("950.5", -2) == "1000");
  CHECK(round_decimal("5", -2) == "0");
  CHECK(round_decimal("0.00051", 3) == "0.001");
}

}  // namespace decimal_test
