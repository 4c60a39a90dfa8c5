#include "base/parallel.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.h"

namespace parallel_test {

using namespace planrun;

TEST_CASE("work for each of many things is done once for each") {
  for (const std::size_t count : {0U, 1U, 7U, 8U, 1000U}) {
    std::vector<std::atomic<int>> calls(count);
    for_each_at_once(count, [&](std::size_t i) { ++calls[i]; });
    for (const auto& made : calls) CHECK(made == 1);
  }
}

TEST_CASE("of several failures the first one in order is thrown, and nothing begins after one") {
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::atomic<std::size_t> begun{0};
    std::string thrown;
    try {
      for_each_at_once(10'000, [&](std::size_t i) {
        ++begun;
        if (i >= 20) throw std::runtime_error(std::to_string(i));
      });
    } catch (const std::runtime_error& error) {
      thrown = error.what();
    }
    CHECK(thrown == "20");
    CHECK(begun <= 21 + 8);
  }
}

}  // namespace parallel_test
