#include "transform/date_format.h"

#include "support/catch.h"

namespace date_format_test {

using namespace planrun;

namespace {

std::string iso(std::string_view format, std::string_view text) {
  REQUIRE(DateFormat::check(format).empty());
  std::string out;
  return DateFormat(format).append_iso(text, out) ? out : "no";
}

}  // namespace

TEST_CASE("texts are read by their format") {
  CHECK(iso("%d.%m.%Y %H:%M:%S", "31.01.2026 12:34:56") == "2026-01-31 12:34:56");
  CHECK(iso("%d.%m.%Y", "1.2.2026") == "2026-02-01");
  CHECK(iso("%m/%d/%y", "12/31/69") == "1969-12-31");
  CHECK(iso("%m/%d/%y", "12/31/68") == "2068-12-31");
  CHECK(iso("%Y%m%d%H%M%S", "20260131123456") == "2026-01-31 12:34:56");
  CHECK(iso("%d %b %Y", "05 JAN 2026") == "2026-01-05");
  CHECK(iso("%H:%M", "7:05") == "07:05:00");
  CHECK(iso("%Y-%m-%d %H:%M:%S.%f", "2026-01-31 12:34:56.5") == "2026-01-31 12:34:56.500000");
  CHECK(iso("%Y-%m-%d 00:00:00", "2026-01-31 00:00:00") == "2026-01-31");
  CHECK(iso("100%% %Y-%m-%d", "100% 2026-01-31") == "2026-01-31");
}

TEST_CASE("the whole text must match, and the day exist") {
  CHECK(iso("%d.%m.%Y", "31.01.2026 ") == "no");
  CHECK(iso("%d.%m.%Y", "31.01.26") == "no");
  CHECK(iso("%d.%m.%Y", "31/01/2026") == "no");
  CHECK(iso("%d.%m.%Y", "30.02.2026") == "no");
  CHECK(iso("%d.%m.%Y", "01.13.2026") == "no");
  CHECK(iso("%d.%m.%Y", "01.01.0000") == "no");
  CHECK(iso("%d.%m.%Y", "") == "no");
  CHECK(iso("%Y%m%d", "2026115") == "no");
  CHECK(iso("%Y-%m-%d 00:00:00", "2026-01-31 00:00:01") == "no");
  CHECK(iso("%H:%M:%S", "12:34:60") == "no");
  CHECK(iso("%H:%M", "24:00") == "no");
  CHECK(iso("%d %b %Y", "05 anf 2026") == "no");
  CHECK(iso("%d.%m.%Y %H:%M:%S.%f", "31.01.2026 12:34:56.1234567") == "no");
}

TEST_CASE("formats that say too little, too much or something unknown") {
  for (const char* wrong : {"", "date", "%", "%Y-%m-%d %Q", "%Y-%m", "%d.%m", "%Y-%m-%d %H", "%M:%S",
                            "%H:%M.%f", "%f", "%Y-%m-%d %m", "%Y %y-%m-%d"}) {
    INFO(wrong);
    CHECK_FALSE(DateFormat::check(wrong).empty());
  }
  CHECK(DateFormat::check("%Y-%m-%d %Q") == "knows %Y %y %m %b %d %H %M %S %f and %% only");
}

}  // namespace date_format_test
