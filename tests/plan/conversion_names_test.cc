#include "plan/conversion_names.h"

#include "support/catch.h"
#include "transform/mapping.h"

namespace conversion_names_test {

using namespace planrun;

// plan/ may not see transform/: the two lists are held together here.
TEST_CASE("lint knows the conversions that there are, and no others") {
  std::vector<std::string> names;
  for (const auto& c : known_conversions()) names.emplace_back(c.name);
  CHECK(names == conversion_names());
}

TEST_CASE("lint and the conversions agree on arguments") {
  const char* calls[] = {"trim",
                         "trim(1)",
                         "round",
                         "round(2)",
                         "round(-3)",
                         "round(1001)",
                         "round('x')",
                         "round(1, 2)",
                         "date_format",
                         "date_format('%d.%m.%Y')",
                         "date_format('%q')",
                         "date_format('100%')",
                         "date_format('today')",
                         "date_format('%y%b%d %H:%M:%S.%f')",
                         "replace_nul",
                         "replace_nul('?')",
                         "replace_nul('?', '!')",
                         "utc",
                         "curency"};
  for (const char* call : calls) {
    INFO(call);
    const auto parsed = parse_conversion({call, {}});
    REQUIRE(parsed);
    CHECK(check_conversion_name(*parsed).message.empty() == check_conversion(*parsed).empty());
  }
  for (const char* text :
       {"", "trim, utc", "round(2", "round(2,)", "date_format(%d)", "Trim", "f('a'b)", "f('a"}) {
    INFO(text);
    CHECK_FALSE(parse_conversion({text, {}}));
  }
}

}  // namespace conversion_names_test
