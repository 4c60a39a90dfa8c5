#include <cmath>
#include <limits>
#include <random>

#include "transform/one_column.h"

namespace number_rules_test {

using namespace planrun;
using namespace planrun::test;

namespace {

constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ColumnOptions sqlite_target(bool store_as_text = false) {
  return {{}, {true, true}, store_as_text, false, false, 0};
}

}  // namespace

TEST_CASE("boolean takes 0, 1 and four words") {
  check_each(OneColumn(column_type(TypeKind::boolean, "boolean")),
             {{i(0), "integer 0"},
              {i(1), "integer 1"},
              {t("t"), "integer 1"},
              {t("true"), "integer 1"},
              {t("f"), "integer 0"},
              {t("false"), "integer 0"},
              {i(2), "no: is no boolean (0 or 1); using = \"boolean\" takes any integer"},
              {i(-1), "no: is no boolean"},
              {t("yes"), "no: is no boolean (t, f, true or false); using = \"boolean\" takes it"},
              {t("True"), "no: is no boolean (t, f, true or false); using = \"boolean\" takes it"},
              {t("1"), "no: is no boolean (t, f, true or false); using = \"boolean\" takes it"},
              {t(""), "no: is no boolean (t, f, true or false); using = \"empty_as_null\" takes it as null"},
              {t(" t"), "no: is no boolean (t, f, true or false); using = \"trim\""},
              {t("maybe"), "no: is no boolean"},
              {r(1.0), "no: real is not boolean"},
              {b("1"), "no: blob is not boolean"},
              {Cell::of_null(), "null"}});
}

TEST_CASE("integers are held by range") {
  check_each(OneColumn(column_type(TypeKind::smallint, "smallint")),
             {{i(32767), "integer 32767"},
              {i(-32768), "integer -32768"},
              {i(32768), "no: is out of the range of smallint"},
              {i(-32769), "no: is out of the range of smallint"},
              {t("32768"), "no: is out of the range of smallint"}});
  check_each(OneColumn(column_type(TypeKind::integer, "integer")),
             {{i(2147483647), "integer 2147483647"},
              {i(-2147483648), "integer -2147483648"},
              {i(3000000000), "no: is out of the range of integer"},
              {i(-2147483649), "no: is out of the range of integer"}});
  check_each(OneColumn(column_type(TypeKind::bigint, "bigint")),
             {{i(kLeast), "integer -9223372036854775808"},
              {i(kMost), "integer 9223372036854775807"},
              {t("9223372036854775807"), "integer 9223372036854775807"},
              {t("9223372036854775808"), "no: is out of the range of bigint"}});
}

TEST_CASE("integers are read from plain texts only") {
  check_each(
      OneColumn(column_type(TypeKind::integer, "integer")),
      {{t("12"), "integer 12"},
       {t("-12"), "integer -12"},
       {t("0"), "integer 0"},
       {t(""), "no: is no integer written plainly; using = \"empty_as_null\""},
       {t(" 12"), "no: is no integer written plainly; using = \"trim\""},
       {t("12abc"), "no: is no integer written plainly"},
       {t("+12"), "no: is no integer written plainly"},
       {t("012"), "no: is no integer written plainly"},
       {t("1e3"), "no: is no integer written plainly"},
       {t("12.0"), "no: is no integer written plainly; using = \"round\""},
       {t("1.234,00"), "no: is no integer written plainly; using = \"decimal_comma\" reads it as 1234.00"},
       {t("-"), "no: is no integer written plainly"},
       {t(std::string_view("1\0", 2)), "no: is no integer written plainly"},
       {r(5.0), "no: real is not integer; using = \"round\" rounds it"},
       {b("5"), "no: blob is not integer"}});
}

// Integers next to 2^53 and 2^63 by `psql`: select 9007199254740993::float8::numeric and so on.
TEST_CASE("double precision takes what it keeps exactly") {
  check_each(OneColumn(column_type(TypeKind::double_precision, "double precision")),
             {{r(0.1), "real 0.10000000000000001"},
              {r(-0.0), "real -0"},
              {r(kInfinity), "real inf"},
              {i(9007199254740992), "real 9007199254740992"},
              {i(9007199254740993), "no: is between two values of double precision"},
              {i(kLeast), "real -9.2233720368547758e+18"},
              {i(kMost), "no: is between two values of double precision"},
              {t("0.1"), "real 0.10000000000000001"},
              {t("-1234567.891"), "real -1234567.8910000001"},
              {t("1.50"), "real 1.5"},
              {t("0"), "real 0"},
              {t("0.1000000000000000055511151231257827"), "no: has more digits than double precision keeps"},
              {t("9007199254740993"), "no: has more digits than double precision keeps"},
              {t("1e3"), "no: is no number written plainly"},
              {t("NaN"), "no: is no number written plainly"},
              {t("inf"), "no: is no number written plainly"},
              {t("01.5"), "no: is no number written plainly"},
              {t(""), "no: is no number written plainly; using = \"empty_as_null\""},
              {b("1"), "no: blob is not double precision"}});
}

TEST_CASE("real takes what prints the same") {
  check_each(OneColumn(column_type(TypeKind::real, "real")),
             {{r(0.1), "real 0.10000000149011612"},
              {r(1.5), "real 1.5"},
              {r(kInfinity), "real inf"},
              {r(1234567.891), "no: would become 1234567.9 as real"},
              {r(1e39), "no: is out of the range of real"},
              {r(1e-60), "no: would become 0 as real"},
              {i(16777216), "real 16777216"},
              {i(16777217), "no: is between two values of real"},
              {t("0.1"), "real 0.10000000149011612"},
              {t("16777217"), "no: has more digits than real keeps"},
              {t("1" + std::string(39, '0')), "no: has more digits than real keeps"}});
}

TEST_CASE("a SQLite target refuses -0.0") {
  check_each(
      OneColumn(column_type(TypeKind::double_precision, "double precision"), sqlite_target()),
      {{r(-0.0), "no: is -0.0"}, {r(0.0), "real 0"}, {t("-0"), "no: is -0.0"}, {r(kInfinity), "real inf"}});
  check_each(OneColumn(column_type(TypeKind::real, "real"), sqlite_target()), {{r(-0.0), "no: is -0.0"}});
}

TEST_CASE("numeric(p,s) refuses what the server would round") {
  check_each(OneColumn(numeric(12, 2)),
             {{i(5), "text 5"},
              {i(-9999999999), "text -9999999999"},
              {i(10000000000), "no: has more digits before the point than numeric(12,2) holds"},
              {r(19.99), "text 19.99"},
              {r(19.999), "no: has more digits after the point than numeric(12,2) keeps; using = \"round\""},
              {r(-0.0), "text 0"},
              {r(kInfinity), "no: numeric(12,2) holds no infinity"},
              {t("19.990"), "text 19.99"},
              {t("-0.10"), "text -0.1"},
              {t("9999999999.99"), "text 9999999999.99"},
              {t("10000000000"), "no: has more digits before the point"},
              {t("19.999"), "no: has more digits after the point"},
              {t("1230.99d0"), "no: is no number written plainly"},
              {t("1,5"), "no: is no number written plainly; using = \"decimal_comma\" reads it as 1.5"},
              {t("NaN"), "no: is no number written plainly"},
              {t("0012"), "no: is no number written plainly"},
              {b("1"), "no: blob is not numeric(12,2)"}});
}

TEST_CASE("amounts kept as real come out as they were written") {
  OneColumn column(numeric(18, 3));
  std::mt19937_64 random(3);
  for (int n = 0; n < 5000; ++n) {
    const auto thousandths =
        static_cast<std::int64_t>(random() % (n % 2 == 0 ? 100'000 : 1'000'000'000'000'000));
    std::string text = std::to_string(thousandths);
    text.insert(0, text.size() < 4 ? 4 - text.size() : 0, '0');
    text.insert(text.size() - 3, 1, '.');
    const double value = std::stod(text);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    if (column(r(value)) != "text " + text) FAIL(text << " became " << column(r(value)));
  }
  // One step beside a decimal of two digits is another number, of too many digits.
  CHECK_THAT(column(r(std::nextafter(19.99, 20.0))),
             ContainsSubstring("no: has more digits after the point"));
}

// By `psql`: numeric(3,5) holds below 0.01, numeric(3,-2) hundreds below 100,000.
TEST_CASE("numeric's scale may pass its precision, or be negative") {
  check_each(OneColumn(numeric(3, 5)), {{t("0.00999"), "text 0.00999"},
                                        {t("0.01"), "no: has more digits before the point"},
                                        {t("0"), "text 0"},
                                        {t("0.000001"), "no: has more digits after the point"}});
  check_each(OneColumn(numeric(3, -2)), {{i(99900), "text 99900"},
                                         {i(100000), "no: has more digits before the point"},
                                         {i(150), "no: has more digits after the point"},
                                         {i(0), "text 0"}});
}

TEST_CASE("numeric without limits has those of the server") {
  const ColumnType type = column_type(TypeKind::numeric, "numeric");
  const std::string widest(131072, '9');
  const std::string finest = "0." + std::string(16382, '0') + "1";
  const std::string too_fine = "0." + std::string(16383, '0') + "1";
  check_each(OneColumn(type), {{r(0.1), "text 0.1"},
                               {r(1e23), "text 1" + std::string(23, '0')},
                               {r(kInfinity), "text Infinity"},
                               {r(-kInfinity), "text -Infinity"},
                               {t(widest), "text " + widest},
                               {t(widest + "9"), "no: has more digits than numeric holds"},
                               {t(finest), "text " + finest},
                               {t(too_fine), "no: has more digits than numeric holds"}});
}

TEST_CASE("numeric in a SQLite target is an integer or prints from a double, unless stored as text") {
  const ColumnType type = column_type(TypeKind::numeric, "numeric");
  check_each(OneColumn(type, sqlite_target()),
             {{t("19.99"), "text 19.99"},
              {t("9007199254740993"), "text 9007199254740993"},
              {t("9223372036854775808"), "no: would be changed by a SQLite target"},
              {t("10000000000000000000"), "text 10000000000000000000"},
              {t("12345678901234567.89"), "no: would be changed by a SQLite target"},
              {t("0.1000000000000000001"), "no: would be changed by a SQLite target"},
              {r(kInfinity), "no: is no number that a SQLite target keeps"}});
  check_each(OneColumn(type, sqlite_target(true)),
             {{t("12345678901234567.89"), "text 12345678901234567.89"}, {r(kInfinity), "text Infinity"}});
}

}  // namespace number_rules_test
