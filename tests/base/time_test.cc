#include "base/time.h"

#include "support/catch.h"

namespace time_test {

using namespace planrun;

// Expected by `psql`: select date '...' - date '1970-01-01'.
TEST_CASE("days of the calendar") {
  struct Case {
    int year, month, day;
    std::int64_t days;
  };
  for (const Case& c :
       {Case{1970, 1, 1, 0}, Case{1969, 12, 31, -1}, Case{2000, 2, 29, 11016}, Case{1, 1, 1, -719162},
        Case{9999, 12, 31, 2932896}, Case{1900, 3, 1, -25508}, Case{2026, 1, 31, 20484}}) {
    CHECK(days_from_civil(c.year, c.month, c.day) == c.days);
  }
  CHECK_FALSE(days_from_civil(1900, 2, 29));
  CHECK_FALSE(days_from_civil(2023, 2, 29));
  CHECK_FALSE(days_from_civil(2026, 4, 31));
  CHECK_FALSE(days_from_civil(0, 1, 1));
  CHECK_FALSE(days_from_civil(10000, 1, 1));
  CHECK_FALSE(days_from_civil(2026, 13, 1));
  CHECK_FALSE(days_from_civil(2026, 1, 0));
}

TEST_CASE("every day prints as it is read") {
  for (std::int64_t days = -719162; days <= 2932896; days += 97) {
    std::string text;
    append_date(days, text);
    std::string_view reason;
    const auto time = parse_iso_time(text, reason);
    if (!time || time->days != days) FAIL("day " << days << " printed " << text);
  }
  SUCCEED();
}

TEST_CASE("ISO texts that are taken") {
  struct Case {
    std::string text;
    bool date, time;
    std::int64_t days, micros;
    std::optional<int> zone;
    int digits;
  };
  const std::vector<Case> cases{
      {"2026-01-31", true, false, 20484, 0, {}, 0},
      {"2026-01-31 12:34", true, true, 20484, 45240000000, {}, 0},
      {"2026-01-31T12:34:56", true, true, 20484, 45296000000, {}, 0},
      {"2026-01-31T12:34:56.5Z", true, true, 20484, 45296500000, 0, 1},
      {"2026-01-31 12:34:56.000001+05:30", true, true, 20484, 45296000001, 19800, 6},
      {"2026-01-31 12:34:56.1200000 -0800", true, true, 20484, 45296120000, -28800, 2},
      {"23:59:59.999999", false, true, 0, 86399999999, {}, 6},
      {"00:00+01", false, true, 0, 0, 3600, 0},
      {"0001-01-01 00:00:00.000", true, true, -719162, 0, {}, 0},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    std::string_view reason;
    const auto time = parse_iso_time(c.text, reason);
    REQUIRE(time);
    CHECK(time->has_date == c.date);
    CHECK(time->has_time == c.time);
    CHECK(time->days == c.days);
    CHECK(time->micros == c.micros);
    CHECK(time->zone_seconds == c.zone);
    CHECK(time->fraction_digits == c.digits);
  }
}

TEST_CASE("texts that are no ISO time") {
  for (const std::string text : {"",
                                 " ",
                                 "1700000000",
                                 "2026",
                                 "2026-1-31",
                                 "2026-01-32",
                                 "2026-02-29",
                                 "0000-01-01",
                                 "20260131",
                                 "31.01.2026",
                                 "2026-01-31 ",
                                 " 2026-01-31",
                                 "2026-01-31T",
                                 "2026-01-31  12:00",
                                 "2026-01-31t12:00",
                                 "2026-01-31 24:00",
                                 "2026-01-31 12:60",
                                 "2026-01-31 12:00:60",
                                 "2026-01-31 12:00:00.",
                                 "2026-01-31 12:00:00.1234567",
                                 "2026-01-31 12:00.5",
                                 "2026-01-31 12:00:00z",
                                 "2026-01-31 12:00:00+1",
                                 "2026-01-31 12:00:00+16:00",
                                 "2026-01-31 12:00:00+01:60",
                                 "2026-01-31 12:00:00+01:00:00",
                                 "2026-01-31 12:00:00  Z",
                                 "2026-01-31 12:00:00 ",
                                 "2026-01-31Z",
                                 "now",
                                 "-2026-01-31",
                                 "2026-01-31 12:00:00 UTC",
                                 "12026-01-31",
                                 "2026/01/31"}) {
    INFO(text);
    std::string_view reason;
    CHECK_FALSE(parse_iso_time(text, reason));
    CHECK_FALSE(reason.empty());
  }
}

TEST_CASE("moments print in one form") {
  const auto printed = [](std::int64_t micros) {
    std::string out;
    append_timestamp(micros, out);
    return out;
  };
  CHECK(printed(0) == "1970-01-01 00:00:00");
  CHECK(printed(-1) == "1969-12-31 23:59:59.999999");
  CHECK(printed(1'769'862'896'120'000) == "2026-01-31 12:34:56.120000");
  CHECK(printed(-62'135'596'800'000'000) == "0001-01-01 00:00:00");
  CHECK(to_iso_utc(1'769'862'896'999'999) == "2026-01-31T12:34:56Z");
  CHECK(now_micros() > 1'700'000'000'000'000);
}

}  // namespace time_test
