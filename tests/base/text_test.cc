#include "base/text.h"

#include <limits>

#include "support/catch.h"

namespace text_test {

using namespace planrun;
using namespace std::string_literals;

TEST_CASE("UTF-8 by Unicode's table 3-7") {
  for (const std::string good :
       {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    CHECK(is_valid_utf8(good));
    CHECK(replace_invalid_utf8(good) == good);
  }
  for (const std::string bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
                                "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xFF"}) {
    CHECK_FALSE(is_valid_utf8(bad));
  }
  CHECK(count_code_points("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") == 4);
}

// The examples of Unicode 15, chapter 3, tables 3-8 and 3-11; R stands for U+FFFD.
TEST_CASE("maximal subparts are replaced one by one") {
  const auto replaced = [](const std::string& text) {
    std::string out = replace_invalid_utf8(text);
    for (std::size_t at; (at = out.find("\xEF\xBF\xBD")) != std::string::npos;) out.replace(at, 3, "R");
    return out;
  };
  CHECK(replaced("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == "RRRRRRRRA");
  CHECK(replaced("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == "RRRRRRRRA");
  CHECK(replaced("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == "RRRRA");
  CHECK(replaced("x\xE2\x82") == "xR");
}

TEST_CASE("trim, split, join and lower") {
  CHECK(trim(" \t\r\n a b\v\f ") == "a b");
  CHECK(trim(" \n").empty());
  CHECK(split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(join(std::vector<std::string>{"a", "b", "c"}, ", ") == "a, b, c");
  CHECK(to_lower_ascii("AbZ\xC3\x89") == "abz\xC3\x89");
}

TEST_CASE("hexadecimal and base64") {
  CHECK(to_hex("\x00\xff\x10"s) == "00ff10");
  CHECK(from_hex("00FF1a") == "\x00\xff\x1a"s);
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
  // RFC 4648, section 10
  CHECK(from_base64("") == "");
  CHECK(from_base64("Zg==") == "f");
  CHECK(from_base64("Zm8=") == "fo");
  CHECK(from_base64("Zm9v") == "foo");
  CHECK(from_base64("Zm9vYmFy") == "foobar");
  for (const char* wrong : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v\n", "Zm 9", "Zg==Zg==", "===="})
    CHECK_FALSE(from_base64(wrong));
}

TEST_CASE("values in messages are quoted, escaped and cut") {
  CHECK(quote_for_message("abc") == "'abc'");
  CHECK(quote_for_message("it's\n\\\t") == "'it''s\\n\\\\\\t'");
  CHECK(quote_for_message("a\0\x7F"s) == "'a\\x00\\x7f'");
  CHECK(quote_for_message("\xE2\x82!") == "'\\xe2\\x82!'");
  CHECK(quote_for_message("caf\xC3\xA9") == "'caf\xC3\xA9'");
  CHECK(quote_for_message(std::string(100, 'x'), 10) == "'xxxxxxxxxx'...");
}

TEST_CASE("the nearest name, if one was meant") {
  const std::vector<std::string> names{"columns", "constraints", "from", "where"};
  CHECK(nearest("colums", names) == "columns");
  CHECK(nearest("form", names) == "from");
  CHECK(nearest("WHERE", names) == "where");
  CHECK_FALSE(nearest("transform", names));
  CHECK_FALSE(nearest("x", std::vector<std::string>{"y"}));
}

TEST_CASE("numbers for people") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(12345678) == "12,345,678");
  CHECK(with_thousands(-123456) == "-123,456");
  CHECK(with_thousands(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(1'500'000) == "1.5 MB");
  CHECK(human_bytes(999'960) == "1.0 MB");
  CHECK(human_seconds(0.42) == "0.42 s");
  CHECK(human_seconds(42.04) == "42.0 s");
  CHECK(human_seconds(192) == "3 min 12 s");
  CHECK(human_seconds(3720) == "1 h 02 min");
}

}  // namespace text_test
