#include "transform/one_column.h"

namespace time_rules_test {

using namespace planrun;
using namespace planrun::test;

namespace {

ColumnType timed(TypeKind kind, int precision, std::string sql) {
  return {kind, 0, precision, 0, std::move(sql)};
}
ColumnOptions at_zone(int seconds) {
  return {{}, {}, false, false, true, seconds};
}

const std::string kNoon = "2026-01-31 12:34:56.12";

}  // namespace

TEST_CASE("date takes dates only") {
  check_each(
      OneColumn(column_type(TypeKind::date, "date")),
      {{t("2026-01-31"), "integer 20484"},
       {t("0001-01-01"), "integer -719162"},
       {t("9999-12-31"), "integer 2932896"},
       {t("2026-01-31 00:00:00"),
        "no: has a time of day, which date would lose; using = \"date_format('%Y-%m-%d 00:00:00')\""},
       {t("2026-01-31 12:00"), "no: has a time of day, which date would lose; make the column a timestamp"},
       {t("12:00"), "no: has no date"},
       {t("2026-02-29"), "no: names a day that the calendar does not have"},
       {t("31.01.2026"), "no: is no date or time"},
       {t(""),
        "no: is no date or time of the form YYYY-MM-DD HH:MM[:SS[.ffffff]]; using = \"empty_as_null\""},
       {i(20484), "no: integer is not date; using = \"unix_seconds\""},
       {r(2461072.5), "no: real is not date; using = \"julian_day\""}});
}

TEST_CASE("time takes a clock without zone") {
  check_each(OneColumn(column_type(TypeKind::time, "time")), {{t("12:34"), "integer 45240000000"},
                                                              {t("23:59:59.999999"), "integer 86399999999"},
                                                              {t("00:00:00"), "integer 0"},
                                                              {t("24:00"), "no: has an hour past 23"},
                                                              {t("12:34Z"), "no: has a zone"},
                                                              {t("2026-01-31 12:34"), "no: has a date"},
                                                              {i(45240), "no: integer is not time"}});
  check_each(OneColumn(timed(TypeKind::time, 0, "time(0)")),
             {{t("12:34:56.000"), "integer 45296000000"},
              {t("12:34:56.5"), "no: has more digits of a second than time(0) keeps"}});
}

// Moments by `psql`: select extract(epoch from timestamptz '...') * 1000000.
TEST_CASE("timestamp takes ISO texts without zone") {
  check_each(OneColumn(column_type(TypeKind::timestamp, "timestamp")),
             {{t(kNoon), "integer 1769862896120000"},
              {t("2026-01-31T12:34:56.120000"), "integer 1769862896120000"},
              {t("2026-01-31 12:34"), "integer 1769862840000000"},
              {t("2026-01-31"), "integer 1769817600000000"},
              {t("0001-01-01 00:00:00"), "integer -62135596800000000"},
              {t("9999-12-31 23:59:59.999999"), "integer 253402300799999999"},
              {t(kNoon + "Z"), "no: has a zone, which timestamp would lose; using = \"utc\""},
              {t(kNoon + "+00:00"), "no: has a zone"},
              {t("2026-01-31 12:34:56.1234567"), "no: has more than 6 digits of a second"},
              {t("2026-01-31 12:34:60"), "no: has an hour past 23, or a minute or second past 59"},
              {t("2026-01-31 24:00:00"), "no: has an hour past 23, or a minute or second past 59"},
              {t("12:34:56"), "no: has no date"},
              {t("now"), "no: is no date or time"},
              {t(" 2026-01-31"),
               "no: is no date or time of the form YYYY-MM-DD HH:MM[:SS[.ffffff]]; using = \"trim\""},
              {i(1700000000), "no: integer is not timestamp; using = \"unix_seconds\""},
              {i(1700000000000), "no: integer is not timestamp; using = \"unix_millis\""},
              {i(1700000000000000), "no: integer is not timestamp; using = \"unix_micros\""},
              {b("2026-01-31"), "no: blob is not timestamp"}});
}

TEST_CASE("timestamptz takes ISO texts with zone") {
  check_each(OneColumn(column_type(TypeKind::timestamptz, "timestamptz")),
             {{t(kNoon + "+05:30"), "integer 1769843096120000"},
              {t(kNoon + "Z"), "integer 1769862896120000"},
              {t(kNoon + " -08"), "integer 1769891696120000"},
              {t(kNoon), "no: has no zone; using = \"utc\" takes it as UTC"},
              {t("2026-01-31"), "no: has no zone"},
              {t("0001-01-01 00:00:00+01"), "no: is outside the years 0001 to 9999"},
              {t("9999-12-31 23:59:59-01"), "no: is outside the years 0001 to 9999"},
              {i(1700000000), "no: integer is not timestamptz; using = \"unix_seconds\""}});
}

TEST_CASE("fewer digits of a second than the text has are refused, not rounded") {
  check_each(OneColumn(timed(TypeKind::timestamp, 3, "timestamp(3)")),
             {{t("2026-01-31 12:34:56.120"), "integer 1769862896120000"},
              {t("2026-01-31 12:34:56.123000"), "integer 1769862896123000"},
              {t("2026-01-31 12:34:56.1234"), "no: has more digits of a second than timestamp(3) keeps"}});
  check_each(OneColumn(timed(TypeKind::timestamptz, 6, "timestamptz(6)")),
             {{t("1969-12-31 23:59:59.999999Z"), "integer -1"}});
}

TEST_CASE("the column's zone says where a zoneless text stands") {
  check_each(OneColumn(column_type(TypeKind::timestamptz, "timestamptz"), at_zone(3600)),
             {{t("2026-01-31 12:34:56.12"), "integer 1769859296120000"},
              {t("2026-01-31"), "integer 1769814000000000"},
              {t("2026-01-31 12:34:56.12Z"), "integer 1769862896120000"}});
  check_each(OneColumn(column_type(TypeKind::timestamp, "timestamp"), at_zone(3600)),
             {{t("2026-01-31 12:34:56.12"), "integer 1769862896120000"},
              {t("2026-01-31 11:34:56.12Z"), "integer 1769862896120000"},
              {t("2026-01-31 12:34:56.12+01:00"), "integer 1769862896120000"}});
}

// Expected by `psql`: select encode(interval_send('...'::interval), 'hex').
TEST_CASE("interval takes ISO durations and what PostgreSQL prints") {
  check_each(OneColumn(column_type(TypeKind::interval, "interval")),
             {{t("P1Y2M3DT4H5M6.5S"), "blob 000000036c9361a0000000030000000e"},
              {t("1 year 2 mons 3 days 04:05:06"), "blob 000000036c8bc080000000030000000e"},
              {t("P1Y2M-3DT-4H-5M-6.789S"), "blob fffffffc93683578fffffffd0000000e"},
              {t("-1 mons"), "blob 000000000000000000000000ffffffff"},
              {t("-1 days +02:03:00"), "blob 00000001b7e1dd00ffffffff00000000"},
              {t("00:00:00"), "blob 00000000000000000000000000000000"},
              {t("P0D"), "blob 00000000000000000000000000000000"},
              {t("P1W"), "blob 00000000000000000000000700000000"},
              {t("P1Y-2M"), "blob 0000000000000000000000000000000a"},
              {t("PT36H"), "blob 0000001e2cc310000000000000000000"},
              {t("999999999:00:00"), "blob 31f5c4ec50d45c000000000000000000"},
              {t("1 mon -1 days -00:00:00.000001"), "blob ffffffffffffffffffffffff00000001"},
              {t("2 years"), "blob 00000000000000000000000000000018"},
              {t("PT0.000001S"), "blob 00000000000000010000000000000000"},
              {t("-178956970 years -8 mons"), "blob 00000000000000000000000080000000"},
              {t("100:59:59.999999"), "blob 00000054a83fb3ff0000000000000000"}});
}

TEST_CASE("what is no interval, or more than one holds") {
  OneColumn column(column_type(TypeKind::interval, "interval"));
  for (const std::string text : {"",
                                 "P",
                                 "PT",
                                 "P1YT",
                                 "P1",
                                 "PY",
                                 "P1S",
                                 "PT1D",
                                 "P1M1Y",
                                 "P1Y1Y",
                                 "PT1S1M",
                                 "P1.5D",
                                 "PT1.5H",
                                 "PT1.0000001S",
                                 "PT1.S",
                                 "-P1Y",
                                 "p1y",
                                 "P1Y ",
                                 "P 1Y",
                                 "1",
                                 "1 hour",
                                 "1 day 2",
                                 "1 day 1 year",
                                 "04:05",
                                 "4:05:06",
                                 "04:60:00",
                                 "04:00:60",
                                 "04:-1:00",
                                 "04:5:06",
                                 "1 year  2 mons",
                                 "1 year ",
                                 "1 month",
                                 "00:00:00 ",
                                 "1 day 00:00:00 1 mon",
                                 "P178956971Y",
                                 "2147483648 days",
                                 "PT9223372036855S",
                                 "99999999999:00:00",
                                 "P99999999999999999999D",
                                 "3 weeks",
                                 "infinity"}) {
    INFO(text);
    CHECK_THAT(column(text), ContainsSubstring("no: is no interval"));
  }
  CHECK(column(i(5)) == "no: integer is not interval");
}

}  // namespace time_rules_test
