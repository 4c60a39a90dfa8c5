#include "run/patience.h"

#include "support/support.h"

namespace planrun::test {
namespace patience_test {

TEST_CASE("patience counts from the first failure, however long the work before it took") {
  using namespace std::chrono_literals;
  const Patience::Clock::time_point begin{};
  Patience patience(60s);
  CHECK(patience.lasts(begin + 2h));
  CHECK(patience.lasts(begin + 2h + 60s));
  CHECK_FALSE(patience.lasts(begin + 2h + 61s));
}

}  // namespace patience_test
}  // namespace planrun::test
