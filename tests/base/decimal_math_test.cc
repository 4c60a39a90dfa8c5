// Exact decimal arithmetic; the expected values are bc's.
#include "base/decimal_math.h"

#include "support/catch.h"

namespace decimal_math_test {

using namespace planrun;

TEST_CASE("decimals are added, multiplied and compared exactly") {
  CHECK(add_decimals("0.1", "0.2") == "0.3");
  CHECK(add_decimals("99999999999999999999.99", "0.01") == "100000000000000000000");
  CHECK(add_decimals("1.5", "-1.5") == "0");
  CHECK(add_decimals("-2", "0.75") == "-1.25");
  CHECK(add_decimals("3", "-10.001") == "-7.001");
  CHECK(multiply_decimals("123456789.123456789", "-987654321.987654321") ==
        "-121932631356500531.347203169112635269");
  CHECK(multiply_decimals("0.5", "2") == "1");
  CHECK(multiply_decimals("-3", "0") == "0");
  CHECK(negate_decimal("0") == "0");
  CHECK(negate_decimal("-1.5") == "1.5");
  CHECK(compare_decimals("9", "10") == -1);
  CHECK(compare_decimals("1.10", "1.1") == 0);
  CHECK(compare_decimals("-1", "-2.5") == 1);
  CHECK(compare_decimals("-1", "1") == -1);
}

}  // namespace decimal_math_test
