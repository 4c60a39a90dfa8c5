// Every kind of value through COPY, binary and text, held against literals that PostgreSQL reads itself.
#include <cmath>
#include <limits>

#include "postgres/fixture.h"

namespace planrun::test::values_test {
namespace {

struct ValueCase {
  Cell cell;
  std::string literal;  // what the server must hold, as SQL
};

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

const auto kNull = Cell::of_null();
Cell integer(std::int64_t v) {
  return Cell::of_integer(v);
}
Cell real(double v) {
  return Cell::of_real(v);
}
Cell text(std::string_view v) {
  return Cell::of_text(v);
}
Cell blob(std::string_view v) {
  return Cell::of_blob(v);
}

bool same(const Cell& a, const Cell& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == CellKind::integer) return a.integer == b.integer;
  if (a.kind == CellKind::real) {
    return (std::isnan(a.real) && std::isnan(b.real)) ||
           (a.real == b.real && std::signbit(a.real) == std::signbit(b.real));
  }
  return a.bytes == b.bytes;
}

/// Loads the cases into a table of its own; how many the server holds as told, and how many come back as
/// given.
void check_values(PostgresFixture& fixture, const std::string& name, const std::string& type,
                  const std::vector<ValueCase>& cases, bool through_text) {
  TableSchema table = make_table(name, {{"id", "integer"}, {"v", type}}, {"mood"});
  if (through_text) add_column(table, "address", "inet");
  INFO(type << (through_text ? " by text" : " by binary"));
  fixture.begin({&table}, {{0, name, {}}});
  const auto target = fixture.database->connect(kRun, 1);
  auto chunk = fixture.claim(*target, table);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::vector<Cell> row = {integer(static_cast<std::int64_t>(i)), cases[i].cell};
    if (through_text) row.push_back(text("10.0.0.1"));
    chunk->write(row);
  }
  CHECK(chunk->flush().failures.empty());
  chunk->finish(result_of(static_cast<std::int64_t>(cases.size())));
  REQUIRE(chunk->commit() == Outcome::committed);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO("literal " << cases[i].literal.substr(0, 200));
    CHECK(fixture.psql("set timezone='UTC'; select v::text is not distinct from (" + cases[i].literal +
                       ")::" + type + "::text from " + name + " where id = " + std::to_string(i)) == "t");
  }
  const auto reader = target->read_back(read_all(table));
  std::vector<Cell> row(table.columns.size());
  std::size_t count = 0;
  for (; reader->next(row); ++count) {
    INFO("case " << row[0].integer);
    CHECK(same(row[1], cases.at(static_cast<std::size_t>(row[0].integer)).cell));
  }
  CHECK(count == cases.size());
}

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLastMicro = 253402300799999999;   // 9999-12-31 23:59:59.999999
constexpr std::int64_t kFirstMicro = -62135596800000000;  // 0001-01-01 00:00

TEST_CASE("values arrive as the server itself reads their literals, and come back as they were given",
          "[server][postgres]") {
  PostgresFixture fixture;
  fixture.psql("create type mood as enum ('sad', 'so so', 'it''s fine')");
  const std::string digits(1000, '7');
  const std::string wide = digits + "." + digits;
  const std::string long_text(3 * 65536 + 17, 'x');
  const std::vector<std::pair<std::string, std::vector<ValueCase>>> types = {
      {"boolean", {{integer(1), "true"}, {integer(0), "false"}, {kNull, "null"}}},
      {"smallint", {{integer(-32768), "'-32768'"}, {integer(32767), "32767"}, {kNull, "null"}}},
      {"integer", {{integer(-2147483648), "'-2147483648'"}, {integer(2147483647), "2147483647"}}},
      {"bigint",
       {{integer(std::numeric_limits<std::int64_t>::min()), "'-9223372036854775808'"},
        {integer(std::numeric_limits<std::int64_t>::max()), "9223372036854775807"}}},
      {"real",
       {{real(0.1F), "'0.1'"},
        {real(-0.0), "'-0'"},
        {real(std::nan("")), "'NaN'"},
        {real(3.4028234663852886e38), "'3.4028235e38'"}}},
      {"double precision",
       {{real(1e308), "'1e308'"},
        {real(-0.0), "'-0'"},
        {real(5e-324), "'5e-324'"},
        {real(0.1 + 0.2), "'0.30000000000000004'"},
        {real(std::nan("")), "'NaN'"},
        {real(-std::numeric_limits<double>::infinity()), "'-Infinity'"}}},
      {"numeric",
       {{text("0"), "0"},
        {text("1"), "1"},
        {text("-1"), "-1"},
        {text("10000"), "10000"},
        {text("99990001"), "99990001"},
        {text("1230.99"), "1230.99"},
        {text("0.0001"), "0.0001"},
        {text("0.00001234"), "0.00001234"},
        {text("-0.5"), "-0.5"},
        {text("123456789012345678901234567890.000000000000000000000000000001"),
         "123456789012345678901234567890.000000000000000000000000000001"},
        {text(digits), "'" + digits + "'"},
        {text(wide), "'" + wide + "'"},
        {text("NaN"), "'NaN'"},
        {text("Infinity"), "'Infinity'"},
        {text("-Infinity"), "'-Infinity'"},
        {kNull, "null"}}},
      {"numeric(12,2)",
       {{text("7"), "7.00"}, {text("-9999999999.99"), "-9999999999.99"}, {text("0.1"), "0.1"}}},
      {"text",
       {{text(""), "''"},
        {text("O'Brien \\ \t\n\r \"x\" \xE2\x9C\x93"), "E'O''Brien \\\\ \\t\\n\\r \"x\" \xE2\x9C\x93'"},
        {text("\\N"), "'\\N'"},
        {text("\\."), "'\\.'"},
        {text(long_text), "repeat('x', 196625)"},
        {kNull, "null"}}},
      {"varchar(5)",
       {{text("ab   "), "'ab   '"}, {text("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"), "'ééééé'"}}},
      {"char(4)", {{text("ab"), "'ab  '"}, {text(""), "''"}}},
      {"bytea", {{blob("\x00\xff\\\n"sv), "'\\x00ff5c0a'"}, {blob(""), "''"}}},
      {"date",
       {{integer(0), "'1970-01-01'"},
        {integer(-719162), "'0001-01-01'"},
        {integer(2932896), "'9999-12-31'"},
        {integer(kMost), "'infinity'"},
        {integer(kLeast), "'-infinity'"}}},
      {"time", {{integer(0), "'00:00'"}, {integer(86399999999), "'23:59:59.999999'"}}},
      {"timestamp",
       {{integer(0), "'1970-01-01 00:00'"},
        {integer(kFirstMicro), "'0001-01-01 00:00'"},
        {integer(kLastMicro), "'9999-12-31 23:59:59.999999'"},
        {integer(kMost), "'infinity'"},
        {integer(kLeast), "'-infinity'"}}},
      {"timestamptz",
       {{integer(1700000000123456), "'2023-11-14 22:13:20.123456+00'"},
        {integer(kFirstMicro), "'0001-01-01 00:00+00'"},
        {integer(kLastMicro), "'9999-12-31 23:59:59.999999+00'"},
        {integer(kMost), "'infinity'"},
        {integer(kLeast), "'-infinity'"}}},
      {"interval",
       {{blob("\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\3"sv), "'3 mons 2 days 00:00:00.000001'"},
        {blob("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff\xfd"sv),
         "'-3 mons -2 days -00:00:00.000001'"},
        {blob("\0\0\0\0\xd6\x93\xa4\x00\xff\xff\xff\xff\0\0\0\x0c"sv), "'1 year -1 day +01:00:00'"}}},
      {"uuid",
       {{blob("\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10"sv),
         "'01234567-89ab-cdef-fedc-ba9876543210'"}}},
      {"json", {{text("{ \"b\": 1,\"a\":[null] }"), "'{ \"b\": 1,\"a\":[null] }'"}}},
      {"jsonb",
       {{text("{\"a\": [1, null, \"x\"]}"), "'{\"a\": [1, null, \"x\"]}'"}, {text("null"), "'null'"}}},
      {"text[]",
       {{text("[]"), "'{}'"},
        {text("[\"a\",null,\"\"]"), "array['a', null, '']"},
        {text("[\"q\\\"b\\\\n\\nt\\t,{}\",\"NULL\",\"\\u0001\xE2\x9C\x93\"]"),
         "array[E'q\"b\\\\n\\nt\\t,{}', 'NULL', E'\\x01\xE2\x9C\x93']"},
        {kNull, "null"}}},
      {"inet", {{text("192.168.0.0/24"), "'192.168.0.0/24'"}, {kNull, "null"}}},
      {"int4range", {{text("[1,10)"), "'[1,10)'"}, {text("empty"), "'empty'"}}},
      {"mood", {{text("it's fine"), "'it''s fine'"}, {text("so so"), "'so so'"}}},
  };
  for (std::size_t i = 0; i < types.size(); ++i) {
    check_values(fixture, "b" + std::to_string(i), types[i].first, types[i].second, false);
    check_values(fixture, "t" + std::to_string(i), types[i].first, types[i].second, true);
  }
}

TEST_CASE("numbers of every length keep every digit", "[server][postgres]") {
  PostgresFixture fixture;
  std::vector<ValueCase> cases;
  std::vector<std::string> texts;
  for (int whole = 0; whole <= 9; ++whole) {
    for (int fraction = 0; fraction <= 9; ++fraction) {
      std::string number =
          whole == 0 ? "0" : std::string("1002003004").substr(0, static_cast<std::size_t>(whole));
      if (fraction > 0)
        number += "." + std::string("0000000001").substr(static_cast<std::size_t>(10 - fraction));
      texts.push_back(number);
      texts.push_back("-" + number);
    }
  }
  for (const auto& t : texts) {
    if (t == "-0") continue;
    cases.push_back({text(t), t});
  }
  check_values(fixture, "numbers", "numeric", cases, false);
}

TEST_CASE("a cell of the wrong storage class never reaches the server", "[server][postgres]") {
  PostgresFixture fixture;
  const TableSchema table = make_table("t", {{"v", "smallint"}});
  fixture.begin({&table}, {{0, "t", {}}});
  for (const Cell& cell : {text("1"), integer(32768), real(1)}) {
    const auto target = fixture.database->connect(kRun, 1);
    const auto chunk = fixture.claim(*target, table);
    const auto failure = failure_of_work([&] { chunk->write({&cell, 1}); });
    REQUIRE(failure.error);
    CHECK(failure.error->code() == ErrorCode::system);
  }
  CHECK(fixture.psql("select count(*) from t") == "0");
}

TEST_CASE("times that no cell holds are named when they are read back", "[server][postgres]") {
  PostgresFixture fixture;
  const std::vector<std::pair<std::string, std::string>> cases = {{"'10000-01-01'", "years 1 to 9999"},
                                                                  {"'0001-12-31 BC'", "years 1 to 9999"}};
  for (const std::string type : {"date", "timestamp", "timestamptz"}) {
    const TableSchema table = make_table("t_" + type, {{"v", type}});
    fixture.begin({&table}, {});
    for (const auto& [literal, words] : cases) {
      fixture.psql("truncate t_" + type + "; insert into t_" + type + " values (" + literal + ")");
      const auto target = fixture.database->connect(kRun, 1);
      const auto reader = target->read_back(read_all(table));
      Cell cell;
      const auto failure = failure_of_work([&] { reader->next({&cell, 1}); });
      CHECK_THAT(failure.message(), ContainsSubstring("t_" + type + ".v") && ContainsSubstring(words));
    }
  }
}

TEST_CASE(
    "a name that the server does not have is the fault of its value, a type that it does not have yet is "
    "none",
    "[server][postgres]") {
  PostgresFixture fixture;
  const auto target = fixture.database->connect(kRun, 1);
  for (const std::string type : {"regclass", "regtype", "regrole", "regproc", "regnamespace"}) {
    INFO(type);
    const std::vector<std::string> values = {"nowhere.to_be_found", "0"};
    const auto texts = target->canonical_text(type, values);
    CHECK(!texts[0]);
    CHECK(texts[1].has_value());
  }
  const std::vector<std::string> values = {"x"};
  CHECK(target->canonical_text("not_yet_made", values).at(0) == "x");
}

TEST_CASE("a value that its type would round or cut is refused", "[server][postgres]") {
  PostgresFixture fixture;
  fixture.psql("create domain short_amount as numeric(5,1)");
  const auto target = fixture.database->connect(kRun, 1);
  const auto text_of = [&](const std::string& type, const std::string& value) {
    const std::vector<std::string> values = {value};
    return target->canonical_text(type, values)[0];
  };
  struct Case {
    std::string type;
    std::string fits;
    std::string text;
    std::string bent;
  };
  const std::vector<Case> cases = {
      {"numeric(5,1)[]", "{1.5,NULL,2}", "{1.5,NULL,2.0}", "{1.555}"},
      {"interval(0)", "1 day 00:00:01", "1 day 00:00:01", "1 day 00:00:00.6"},
      {"interval day", "3 days", "3 days", "3 days 04:00"},
      {"timetz(0)", "10:00:01+00", "10:00:01+00", "10:00:00.6+00"},
      {"timestamptz(0)[]", "{\"2024-01-01 10:00:00+00\"}", "{\"2024-01-01 10:00:00+00\"}",
       "{\"2024-01-01 10:00:00.6+00\"}"},
      {"name", "abc", "abc", std::string(70, 'x')},
      {"\"char\"", "x", "x", "xyz"},
      {"oid", "42", "42", "-1"},
      {"short_amount", "1.50", "1.5", "1.555"},
      {"bit(3)", "101", "101", "1011"},
      {"varchar(3)[]", "{abc}", "{abc}", "{abcd}"},
  };
  for (const auto& one : cases) {
    INFO(one.type);
    CHECK(text_of(one.type, one.fits) == one.text);
    CHECK_FALSE(text_of(one.type, one.bent).has_value());
  }
}

TEST_CASE("texts of types that are not encoded are the server's own, and refused values are absent",
          "[server][postgres]") {
  PostgresFixture fixture;
  const auto target = fixture.database->connect(kRun, 1);
  const std::vector<std::string> addresses = {"10.0.0.1/32", "::1",  "nonsense", "10.0.0.0/8",
                                              "a\0b"s,       "\xff", "'",        ""};
  const auto texts = target->canonical_text("inet", addresses);
  REQUIRE(texts.size() == addresses.size());
  CHECK(texts[0] == "10.0.0.1/32");
  CHECK(texts[1] == "::1/128");
  CHECK(texts[3] == "10.0.0.0/8");
  for (const std::size_t refused : {2, 4, 5, 6, 7}) CHECK_FALSE(texts[refused].has_value());
  const std::vector<std::string> bits = {"101", "1011"};
  const auto cut = target->canonical_text("bit(3)", bits);
  CHECK(cut[0] == "101");
  CHECK_FALSE(cut[1].has_value());
  const std::vector<std::string> arrays = {"{1,NULL,3}", "{1,x}"};
  CHECK(target->canonical_text("integer[]", arrays)[0] == "{1,NULL,3}");
  CHECK_FALSE(target->canonical_text("integer[]", arrays)[1].has_value());
}

}  // namespace
}  // namespace planrun::test::values_test
