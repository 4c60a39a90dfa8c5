#include "base/canonical_json.h"

#include <random>

#include "base/json.h"
#include "support/catch.h"

namespace canonical_json_test {

using namespace planrun;

namespace {

/// The canonical form, or the fault in words.
std::string canonical(std::string_view text) {
  std::string out = "kept ";
  const JsonFault fault = append_canonical_json(text, out);
  if (fault == JsonFault::none) return out.substr(5);
  CHECK(out == "kept ");
  return std::string(describe(fault));
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

/// A random document with no two equal keys, no NUL and no exotic number.
Json random_json(std::mt19937& random, int depth) {
  const auto pick = [&](unsigned below) { return random() % below; };
  switch (depth > 3 ? pick(4) : pick(6)) {
    case 0:
      return nullptr;
    case 1:
      return pick(2) == 0;
    case 2:
      return static_cast<std::int64_t>(random()) * (pick(2) == 0 ? 1 : -1);
    case 3: {
      std::string text;
      for (unsigned i = pick(9); i > 0; --i) text += std::string(1, static_cast<char>(1 + pick(126)));
      return text;
    }
    case 4: {
      Json list = Json::array();
      for (unsigned i = pick(5); i > 0; --i) list.push_back(random_json(random, depth + 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (unsigned i = pick(5); i > 0; --i) {
        object[std::string(1, static_cast<char>(1 + pick(126))) + std::to_string(i)] =
            random_json(random, depth + 1);
      }
      return object;
    }
  }
}

}  // namespace

TEST_CASE("numbers are written by decimal value") {
  for (const char* one : {"1", "1.0", "1e0", "1E+0", "0.1e1", "10e-1", "100e-2", "0.001e3"})
    CHECK(canonical(one) == "1e0");
  for (const char* zero : {"0", "-0", "0.00", "0e5", "-0.0E-7"}) CHECK(canonical(zero) == "0");
  CHECK(canonical("150") == "15e1");
  CHECK(canonical("-1.50") == "-15e-1");
  CHECK(canonical("0.00120") == "12e-4");
  CHECK(canonical("1e400") == "1e400");
  CHECK(canonical("12345678901234567890.12345") == "1234567890123456789012345e-5");
  CHECK(canonical("100000000000000000000") == "1e20");
  CHECK(canonical("1e-0007") == "1e-7");
}

TEST_CASE("strings have the shortest escapes") {
  CHECK(canonical(R"("\u0041\u00e9\u20ac\ud83d\uDE00\/")") == "\"A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80/\"");
  CHECK(canonical(R"("\u0022\u005c\u0008\u000c\u000a\u000d\u0009\u001F")") == R"("\"\\\b\f\n\r\t\u001f")");
  CHECK(canonical("\"\x7F\"") == "\"\x7F\"");
  CHECK(canonical(R"("")") == R"("")");
}

TEST_CASE("keys are sorted bytewise by their content, blanks go") {
  CHECK(canonical(" { \"b\" : [ 1 , true , null ] ,\r\n\t\"a\" : { } } ") ==
        R"({"a":{},"b":[1e0,true,null]})");
  CHECK(canonical(R"({"b":1,"B":2,"":3,"ab":4,"a":5})") == R"({"":3e0,"B":2e0,"a":5e0,"ab":4e0,"b":1e0})");
  // By content the order is 01, 22, 5c, 61: by the escapes' own bytes it would be another.
  CHECK(canonical(R"({"a":1,"\\":2,"\"":3,"\u0001":4})") == R"({"\u0001":4e0,"\"":3e0,"\\":2e0,"a":1e0})");
  CHECK(canonical("{\"\xC3\xA9\":1,\"z\":2}") == "{\"z\":2e0,\"\xC3\xA9\":1e0}");
  CHECK(canonical(R"({"z":{"y":1,"x":2},"a":[{"d":1,"c":2}]})") ==
        R"({"a":[{"c":2e0,"d":1e0}],"z":{"x":2e0,"y":1e0}})");
}

// What PostgreSQL 15 answers for '...'::json.
TEST_CASE("what json takes, and what is no JSON") {
  for (const char* good : {"1", " \"a\" ", "null", "[]", "{}", "[[]]", "{\"a\":[]}", "-0", "1e400", "1E+5",
                           "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
                           "{\"a\":1,\"a\":2}", "1e99999999999", "\"\x7F\""}) {
    INFO(good);
    CHECK(is_json(good));
  }
  for (const char* bad : {"",
                          " ",
                          "01",
                          "-",
                          "1.",
                          ".5",
                          "+1",
                          "1e",
                          "NaN",
                          "Infinity",
                          "nul",
                          "nulll",
                          "True",
                          "'a'",
                          "\"a",
                          "\"\\x\"",
                          "\"\\u12\"",
                          "\"\\u12g4\"",
                          "\"a\tb\"",
                          "[1,]",
                          "[,1]",
                          "[1 2]",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{a:1}",
                          "{\"a\":1,}",
                          "{,}",
                          "[",
                          "{",
                          "]",
                          "[}",
                          "{]",
                          "1 2",
                          "[1]]",
                          "{\"a\":1}}",
                          "\f1",
                          "// 1",
                          "\xEF\xBB\xBF"
                          "1",
                          "\"\xFF\"",
                          "{1:2}"}) {
    INFO(bad);
    CHECK_FALSE(is_json(bad));
    CHECK(canonical(bad) == "is not JSON");
  }
  CHECK_FALSE(is_json(std::string_view("\"a\0b\"", 5)));
  CHECK_FALSE(is_json(std::string_view("1\0", 2)));
}

TEST_CASE("what jsonb would refuse or lose has a fault") {
  const std::string doubled = "has the same key twice in one object";
  CHECK(canonical(R"({"a":1,"a":1})") == doubled);
  CHECK(canonical(R"([{"x":{"b":1,"a":2,"b":3}}])") == doubled);
  CHECK(canonical(R"({"a":1,"\u0061":2})") == doubled);
  CHECK(canonical(R"("\u0000")") == "has \\u0000, which jsonb cannot hold");
  CHECK(canonical(R"({"\u0000":1})") == "has \\u0000, which jsonb cannot hold");
  for (const char* half :
       {R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800x")", R"("\ud800\ud800")"}) {
    CHECK(canonical(half) == "has half of a surrogate pair (\\ud800 to \\udfff)");
  }
  CHECK(canonical(R"({"a":1,"a":2)") == "is not JSON");
  CHECK(canonical(R"({"a":1,"a":"\u0000"})") == "has \\u0000, which jsonb cannot hold");
}

// What PostgreSQL 15 answers for '...'::jsonb.
TEST_CASE("numbers that numeric cannot hold") {
  for (const char* good : {"1e131071", "0.1e131072", "1e-16383", "0e999999", "0.000000e131080"}) {
    INFO(good);
    CHECK(canonical(good) != "has a number that numeric cannot hold");
  }
  for (const char* bad : {"1e131072", "1e-16384", "1.0e-16383", "0.1e-16383", "0e-99999", "0e99999999999999",
                          "1e2147483647", "1e99999999999999999999", "-1e-99999999999999999999"}) {
    INFO(bad);
    CHECK(canonical(bad) == "has a number that numeric cannot hold");
  }
  CHECK(canonical(std::string(131072, '9')).size() == 131074);
  CHECK(canonical(std::string(131073, '9')) == "has a number that numeric cannot hold");
  CHECK(canonical("0." + std::string(16382, '0') + "1") == "1e-16383");
  CHECK(canonical("0." + std::string(16383, '0') + "1") == "has a number that numeric cannot hold");
}

TEST_CASE("nesting has a limit, and a text of a million brackets does no harm") {
  CHECK(canonical(nested(1000)) == nested(1000));
  CHECK(canonical(nested(1001)) == "is nested deeper than 1,000 levels");
  CHECK(check_json(nested(1001)) == JsonFault::too_deep);
  CHECK(check_json(std::string(1'000'000, '[')) == JsonFault::too_deep);
  std::string objects;
  for (int i = 0; i < 1000; ++i) objects += "{\"b\":1,\"a\":";
  CHECK(is_json(objects + "0" + std::string(1000, '}')));
}

TEST_CASE("the last of equal keys stays, all else stands as it was") {
  const auto last = [](std::string_view text) {
    std::string out;
    append_json_last_keys(text, out);
    return out;
  };
  CHECK(last(R"({"a": 1.50, "b": 2, "a": 3.10})") == R"({"b":2,"a":3.10})");
  CHECK(last(R"([{"z":{"k":1,"k":1e2},"y":0}])") == R"([{"z":{"k":1e2},"y":0}])");
  CHECK(last(R"({"a":1,"a":2,"a":3})") == R"({"a":3})");
  CHECK(last(R"({"a":1,"a":"\u0000"})").empty());
}

TEST_CASE("the canonical form keeps the content, whatever the order and layout") {
  std::mt19937 random(11);
  for (int i = 0; i < 500; ++i) {
    const Json document = random_json(random, 0);
    const nlohmann::json sorted = nlohmann::json::parse(document.dump());
    const std::string form = canonical(document.dump());
    if (canonical(sorted.dump(2)) != form || canonical(form) != form) FAIL(document.dump());
    // nlohmann reads 15e1 as the double 150 and compares it with the integer by value.
    if (nlohmann::json::parse(form) != sorted) FAIL(form);
  }
  SUCCEED();
}

}  // namespace canonical_json_test
