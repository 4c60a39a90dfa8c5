// What a text is, against kinds worked out by hand.
#include "census/text_kind.h"

#include "support/support.h"

namespace text_kind_test {

using namespace planrun;

namespace {

TextKind kind_of(std::string_view text) {
  TextReader reader;
  return reader.read(text).kind;
}

}  // namespace

TEST_CASE("a text is one kind, the first whose rules it keeps") {
  struct Case {
    std::string_view text;
    TextKind kind;
  };
  const std::vector<Case> cases = {
      {"", TextKind::empty},
      {"0", TextKind::integer},
      {"-12", TextKind::integer},
      {"99999999999999999999999999", TextKind::integer},
      {"007", TextKind::other},
      {"+5", TextKind::other},
      {" 5", TextKind::other},
      {"1e5", TextKind::other},
      {"12abc", TextKind::other},
      {"-", TextKind::other},
      {"1.50", TextKind::decimal},
      {"-0.5", TextKind::decimal},
      {".5", TextKind::other},
      {"5.", TextKind::other},
      {"1,5", TextKind::other},
      {"2024-02-29", TextKind::date},
      {"2023-02-29", TextKind::other},
      {"0000-00-00", TextKind::other},
      {"2024-02-29 12:30:00", TextKind::timestamp},
      {"2024-02-29T12:30:00.123456", TextKind::timestamp},
      {"2024-02-29T12:30:00Z", TextKind::timestamptz},
      {"2024-02-29 12:30:00+02:00", TextKind::timestamptz},
      {"12:30", TextKind::time},
      {"12:30+02", TextKind::other},
      {"24:00", TextKind::other},
      {"{}", TextKind::json},
      {" [1, 2]\n", TextKind::json},
      {"{\"a\": 1, \"a\": 2}", TextKind::json},
      {"{a: 1}", TextKind::other},
      {"[1", TextKind::other},
      {"\"a\"", TextKind::other},
      {"true", TextKind::boolean},
      {"No", TextKind::boolean},
      {"T", TextKind::boolean},
      {"maybe", TextKind::other},
      {"6BA7B810-9dad-11d1-80b4-00c04fd430c8", TextKind::uuid},
      {"6ba7b8109dad11d180b400c04fd430c8", TextKind::other},
      {"6ba7b810-9dad-11d1-80b4-00c04fd430cg", TextKind::other},
      {"   ", TextKind::other},
      {"\xC3\xA9t\xC3\xA9", TextKind::other},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(to_string(kind_of(c.text)) == to_string(c.kind));
  }
}

TEST_CASE("a number as text tells its digits and whether it is a bigint") {
  TextReader reader;
  CHECK(reader.read("9223372036854775807").integer == INT64_MAX);
  CHECK(reader.read("9223372036854775807").fits_bigint);
  CHECK_FALSE(reader.read("9223372036854775808").fits_bigint);
  CHECK(reader.read("-1234.500").digits.integer_digits == 4);
  CHECK(reader.read("-1234.500").digits.fraction_digits == 1);
}

TEST_CASE("a time as text is told in microseconds of UTC") {
  TextReader reader;
  // date -u -d '2024-02-29 10:30:00' +%s
  CHECK(reader.read("2024-02-29T12:30:00.5+02:00").micros == 1'709'202'600'500'000);
  CHECK(reader.read("2024-02-29T12:30:00.5+02:00").fraction_digits == 1);
  CHECK(reader.read("1969-12-31").micros == -86'400'000'000);
}

TEST_CASE("JSON tells what jsonb would refuse, and what only looks like JSON") {
  TextReader reader;
  CHECK_FALSE(reader.read("{\"a\": 1}").refused_by_jsonb);
  CHECK(reader.read("{\"a\": 1, \"a\": 2}").refused_by_jsonb);
  CHECK(reader.read("[\"\\u0000\"]").refused_by_jsonb);
  CHECK(reader.read("{a: 1}").broken_json);
  CHECK_FALSE(reader.read("[sic").broken_json);
  CHECK(reader.read("true").plain_boolean);
  CHECK_FALSE(reader.read("True").plain_boolean);
}

}  // namespace text_kind_test
