#include "base/base64.h"

#include "support/catch.h"

namespace base64_test {

using namespace planrun;

TEST_CASE("base64 has the test vectors of RFC 4648, 10") {
  CHECK(to_base64("").empty());
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(to_base64("\xff\xfe\xfd") == "//79");
}

}  // namespace base64_test
