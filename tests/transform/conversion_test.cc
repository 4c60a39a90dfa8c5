#include "base/error.h"
#include "transform/one_column.h"

namespace conversion_test {

using namespace planrun;
using namespace planrun::test;
using namespace std::string_literals;

namespace {

PlanConversion call(std::string name, std::vector<std::string> arguments = {}) {
  return {std::move(name), std::move(arguments), {}};
}

OneColumn column(TypeKind kind, std::string sql, std::vector<PlanConversion> chain) {
  return OneColumn(column_type(kind, std::move(sql)), {std::move(chain), {}, false, false, false, 0});
}

const ColumnType kText = column_type(TypeKind::text, "text");

OneColumn into_text(std::vector<PlanConversion> chain) {
  return OneColumn(kText, {std::move(chain), {}, false, false, false, 0});
}

}  // namespace

TEST_CASE("boolean takes any integer and words in any case") {
  check_each(column(TypeKind::boolean, "boolean", {call("boolean")}),
             {{i(2), "integer 1"},
              {i(-1), "integer 1"},
              {i(0), "integer 0"},
              {t("YES"), "integer 1"},
              {t("y"), "integer 1"},
              {t("On"), "integer 1"},
              {t("1"), "integer 1"},
              {t("T"), "integer 1"},
              {t("False"), "integer 0"},
              {t("no"), "integer 0"},
              {t("n"), "integer 0"},
              {t("OFF"), "integer 0"},
              {t("0"), "integer 0"},
              {t(""), "no: is no integer and none of"},
              {t("2"), "no: is no integer and none of"},
              {t(" yes"), "no: is no integer and none of"},
              {r(1), "no: is no integer and none of"},
              {b("1"), "no: is no integer and none of"},
              {Cell::of_null(), "null"}});
}

// By `date -u -d @...`: 1700000000 is 2023-11-14 22:13:20.
TEST_CASE("unix times are exact to a microsecond") {
  check_each(column(TypeKind::timestamp, "timestamp", {call("unix_seconds")}),
             {{i(1700000000), "integer 1700000000000000"},
              {i(-1), "integer -1000000"},
              {r(1700000000.25), "integer 1700000000250000"},
              {r(1700000000.123456), "integer 1700000000123456"},
              {r(0.0000001), "no: is not exact to a microsecond"},
              {r(-0.5), "integer -500000"},
              {i(253402300799), "integer 253402300799000000"},
              {i(253402300800), "no: is outside the years 0001 to 9999"},
              {i(-62135596801), "no: is outside the years 0001 to 9999"},
              {i(9223372036854775807), "no: is outside the years 0001 to 9999"},
              {r(1e300), "no: is not exact to a microsecond"},
              {t("1700000000"), "no: is no number of time units since 1970"}});
  check_each(column(TypeKind::timestamptz, "timestamptz", {call("unix_millis")}),
             {{i(1700000000123), "integer 1700000000123000"},
              {r(1700000000123.5), "integer 1700000000123500"},
              {r(1.0001), "no: is not exact to a microsecond"}});
  check_each(
      column(TypeKind::timestamptz, "timestamptz", {call("unix_micros")}),
      {{i(1700000000123456), "integer 1700000000123456"}, {r(1.5), "no: is not exact to a microsecond"}});
}

TEST_CASE("a moment is a date only at midnight") {
  check_each(column(TypeKind::date, "date", {call("unix_seconds")}), {{i(1769817600), "integer 20484"},
                                                                      {i(-86400), "integer -1"},
                                                                      {i(1769817601), "no: is no whole day"},
                                                                      {i(-1), "no: is no whole day"}});
}

TEST_CASE("a moment shows the clock of the column's zone in a timestamp") {
  const auto zoned = [](TypeKind kind, const char* name) {
    return OneColumn(column_type(kind, "timestamp"), {{call(name)}, {}, false, false, true, 3600});
  };
  CHECK(zoned(TypeKind::timestamp, "unix_seconds")(i(0)) == "integer 3600000000");
  CHECK(zoned(TypeKind::timestamptz, "unix_seconds")(i(0)) == "integer 0");
  CHECK(zoned(TypeKind::timestamp, "utc")("1970-01-01 01:00") == "integer 0");
}

// Expected by sqlite3: strftime('%Y-%m-%d %H:%M:%f', ...).
TEST_CASE("Julian days are rounded to the millisecond, as SQLite does") {
  check_each(column(TypeKind::timestamp, "timestamp", {call("julian_day")}),
             {{r(2460341.25), "integer 1706724000000000"},          // 2024-01-31 18:00:00.000
              {i(2451545), "integer 946728000000000"},              // 2000-01-01 12:00:00.000
              {r(2460341.123456789), "integer 1706713066667000"},   // 2024-01-31 14:57:46.667
              {r(2461072.0242683914), "integer 1769862896789000"},  // 2026-01-31 12:34:56.789
              {r(1721425.5), "integer -62135596800000000"},         // 0001-01-01 00:00:00.000
              {r(0), "no: is outside the years 0001 to 9999"},
              {r(-1), "no: is no Julian day"},
              {r(5373484.5), "no: is no Julian day"},
              {t("2460341.25"), "no: is no Julian day"}});
}

TEST_CASE("utc drops the zone, or says it") {
  check_each(column(TypeKind::timestamp, "timestamp", {call("utc")}),
             {{t("2026-01-31 12:34:56.12+05:30"), "integer 1769843096120000"},
              {t("2026-01-31 12:34:56.12"), "integer 1769862896120000"},
              {t("2026-01-31"), "integer 1769817600000000"},
              {t("12:00"), "no: has no date"},
              {t("0001-01-01 00:00+01"), "no: is outside the years"},
              {i(5), "no: is no text with a date and time"}});
  check_each(column(TypeKind::timestamptz, "timestamptz", {call("utc")}),
             {{t("2026-01-31 12:34:56.12"), "integer 1769862896120000"}});
  check_each(column(TypeKind::date, "date", {call("utc")}),
             {{t("2026-01-31T00:00:00Z"), "integer 20484"},
              {t("2026-01-31T01:00:00+01:00"), "integer 20484"},
              {t("2026-01-31T00:00:00+01:00"), "no: is no whole day"}});
}

TEST_CASE("trim, empty_as_null and their order") {
  check_each(
      into_text({call("trim")}),
      {{t(" a b \n"), "text a b"}, {t("  "), "text "}, {i(5), "text 5"}, {b(" "), "no: blob is not text"}});
  check_each(into_text({call("trim"), call("empty_as_null")}), {{t("  "), "null"}, {t(" x "), "text x"}});
  check_each(into_text({call("empty_as_null"), call("trim")}), {{t("  "), "text "}, {t(""), "null"}});
  check_each(
      column(TypeKind::integer, "integer", {call("empty_as_null")}),
      {{t(""), "null"}, {i(5), "integer 5"}, {t("6"), "integer 6"}, {t("12abc"), "no: is no integer"}});
  OneColumn filled(kText, {{call("empty_as_null")}, {}, false, true, false, 0});
  CHECK_THAT(filled(""), ContainsSubstring("no: is null after its conversions"));
}

TEST_CASE("decimal_comma groups by three") {
  check_each(into_text({call("decimal_comma")}), {{t("1.234,50"), "text 1234.50"},
                                                  {t("1234,5"), "text 1234.5"},
                                                  {t("-0,05"), "text -0.05"},
                                                  {t("1.234.567"), "text 1234567"},
                                                  {t("12"), "text 12"},
                                                  {t("12.34"), "no: is no number such as 1.234,50"},
                                                  {t("1234.567,8"), "no: is no number"},
                                                  {t("1.23,4"), "no: is no number"},
                                                  {t("1.2345"), "no: is no number"},
                                                  {t(",5"), "no: is no number"},
                                                  {t("5,"), "no: is no number"},
                                                  {t("1,2,3"), "no: is no number"},
                                                  {t("1,234.50"), "no: is no number"},
                                                  {t(".123"), "no: is no number"},
                                                  {t(" 1,5"), "no: is no number"},
                                                  {t("+1,5"), "no: is no number"},
                                                  {t(""), "no: is no number"},
                                                  {i(5), "text 5"}});
  check_each(OneColumn(numeric(12, 2), {{call("decimal_comma")}, {}, false, false, false, 0}),
             {{t("1.234,50"), "text 1234.5"},
              {t("007,5"), "no: is no number written plainly"},
              {r(1.5), "text 1.5"}});
}

TEST_CASE("round goes half away from zero, to the column's scale or its own") {
  check_each(OneColumn(numeric(5, 2), {{call("round")}, {}, false, false, false, 0}),
             {{r(19.999), "text 20"},
              {r(1.005), "text 1.01"},
              {r(-1.005), "text -1.01"},
              {t("2.675"), "text 2.68"},
              {i(7), "text 7"},
              {t("999.995"), "no: has more digits before the point"},
              {t("abc"), "no: is no number written plainly"},
              {r(1 / 0.0), "no: is no number written plainly"},
              {b("1"), "no: is no number written plainly"}});
  check_each(column(TypeKind::integer, "integer", {call("round")}),
             {{r(2.5), "integer 3"},
              {r(-2.5), "integer -3"},
              {r(0.4), "integer 0"},
              {t("12.0"), "integer 12"},
              {r(3e9), "no: is out of the range of integer"}});
  check_each(column(TypeKind::double_precision, "double precision", {call("round", {"1"})}),
             {{r(0.25), "real 0.29999999999999999"}});
  check_each(column(TypeKind::bigint, "bigint", {call("round", {"-2"})}),
             {{i(1250), "integer 1300"}, {i(-1249), "integer -1200"}});
}

TEST_CASE("texts are mended by name") {
  check_each(into_text({call("replace_nul")}), {{t("a\0b"s),
                                                 "text a\xEF\xBF\xBD"
                                                 "b"},
                                                {t("ab"), "text ab"},
                                                {i(1), "text 1"}});
  check_each(into_text({call("replace_nul", {""})}), {{t("a\0b\0"s), "text ab"}});
  check_each(into_text({call("replace_invalid_utf8")}), {{t("a\xFF"
                                                            "b"),
                                                          "text a\xEF\xBF\xBD"
                                                          "b"},
                                                         {t("\xC3\xA9"), "text \xC3\xA9"}});
  check_each(into_text({call("text")}), {{r(0.1), "text 0.1"},
                                         {r(1), "text 1"},
                                         {r(1e23), "text 1" + std::string(23, '0')},
                                         {i(5), "text 5"},
                                         {t("x"), "text x"},
                                         {r(1 / 0.0), "no: is no integer, finite real or text"},
                                         {b("x"), "no: is no integer"}});
  check_each(column(TypeKind::json, "json", {call("text")}), {{i(5), "text 5"}, {r(1.5), "text 1.5"}});
}

TEST_CASE("bytes and base64 make bytea") {
  check_each(column(TypeKind::bytea, "bytea", {call("bytes")}),
             {{t("texty"), "blob 7465787479"}, {b("\xff"), "blob ff"}, {i(1), "no: is no text"}});
  check_each(column(TypeKind::bytea, "bytea", {call("base64")}), {{t("Zm9vYg=="), "blob 666f6f62"},
                                                                  {t("Zm9vYg"), "no: is no base64 text"},
                                                                  {b("x"), "no: is no base64 text"}});
}

TEST_CASE("json_last_key settles equal keys") {
  check_each(column(TypeKind::jsonb, "jsonb", {call("json_last_key")}),
             {{t("{\"a\": 1.0, \"a\": 2.50}"), "text {\"a\":2.50}"},
              {t("{\"a\": 1}"), "text {\"a\": 1}"},
              {t("{"), "no: is not JSON"},
              {t("{\"a\":1,\"a\":\"\\u0000\"}"), "no: has \\u0000"}});
}

TEST_CASE("calls are checked by name and arguments") {
  const auto check = [](const char* name, std::vector<std::string> arguments = {}) {
    return check_conversion(call(name, std::move(arguments)));
  };
  for (const std::string& name : conversion_names())
    CHECK((name == "date_format" || check(name.c_str()).empty()));
  CHECK(conversion_names().size() == 17);
  CHECK(check("boolan") == "there is no conversion \"boolan\"; did you mean \"boolean\"?");
  CHECK_THAT(check("xyzzy"), ContainsSubstring("there are boolean, unix_seconds, "));
  CHECK(check("trim", {"x"}) == "trim takes no argument");
  CHECK(check("date_format") == "date_format takes one argument");
  CHECK(check("round", {"1", "2"}) == "round takes at most one argument");
  CHECK(check("round", {"2"}).empty());
  CHECK_THAT(check("round", {"two"}), ContainsSubstring("not 'two'"));
  CHECK_THAT(check("date_format", {"%d.%m"}), ContainsSubstring("needs a year"));
  CHECK_FALSE(check("replace_nul", {"\xff"}).empty());
}

TEST_CASE("a chain that cannot be is an error of the plan") {
  const auto refused = [](TypeKind kind, const char* sql, std::vector<PlanConversion> chain) {
    try {
      column(kind, sql, std::move(chain));
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::plan);
      return std::string(error.what());
    }
    return std::string("taken");
  };
  CHECK(refused(TypeKind::text, "text", {call("nope")})
            .starts_with("table t, column c: there is no conversion \"nope\""));
  CHECK_THAT(refused(TypeKind::text, "text", {call("unix_seconds")}),
             ContainsSubstring("unix_seconds makes a timestamp, timestamptz or date, not text"));
  CHECK_THAT(refused(TypeKind::timestamp, "timestamp", {call("utc"), call("trim")}),
             ContainsSubstring("trim cannot follow"));
  CHECK_THAT(refused(TypeKind::text, "text", {call("base64")}), ContainsSubstring("makes bytea, not text"));
  CHECK_THAT(refused(TypeKind::text, "text", {call("json_last_key")}),
             ContainsSubstring("makes json or jsonb"));
  CHECK_THAT(refused(TypeKind::numeric, "numeric", {call("round")}),
             ContainsSubstring("round needs a number of digits for numeric"));
}

}  // namespace conversion_test
