#include "load/pace.h"

#include <thread>

#include "support/support.h"

namespace planrun::test {
namespace pace_test {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

TEST_CASE("rows and bytes take as long as the rate says", "[pace]") {
  const std::atomic<bool> stop{false};
  SECTION("rows of two workers together") {
    Pace pace(stop, {10'000, 0});
    CHECK(pace.rows_between() == 256);
    const auto start = Clock::now();
    const auto work = [&] {
      for (int i = 0; i < 10; ++i) pace.spend(100, 0);
    };
    std::thread other(work);
    work();
    other.join();
    CHECK(seconds_since(start) >= 0.19);
  }
  SECTION("bytes") {
    Pace pace(stop, {0, 1'000'000});
    const auto start = Clock::now();
    for (int i = 0; i < 10; ++i) pace.spend(1, 20'000);
    CHECK(seconds_since(start) >= 0.19);
  }
  SECTION("without a rate none") {
    Pace pace(stop);
    const auto start = Clock::now();
    pace.spend(1'000'000'000, 1'000'000'000);
    CHECK(seconds_since(start) < 1);
  }
}

TEST_CASE("a slow rate is looked after more often", "[pace]") {
  const std::atomic<bool> stop{false};
  CHECK(Pace(stop, {100, 0}).rows_between() == 5);
  CHECK(Pace(stop, {1, 0}).rows_between() == 1);
}

TEST_CASE("a run that is held ends its chunks and waits until it is let go", "[pace]") {
  const std::atomic<bool> stop{false};
  Pace pace(stop);
  pace.wait();
  CHECK_FALSE(pace.wants_end());
  pace.hold("the server is busy");
  CHECK(pace.wants_end());
  CHECK(pace.reason() == "the server is busy");
  std::atomic<bool> went_on{false};
  std::thread worker([&] {
    pace.wait();
    went_on = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  CHECK_FALSE(went_on);
  pace.hold("");
  worker.join();
  CHECK(went_on);
}

TEST_CASE("nothing waits once the run stops", "[pace]") {
  std::atomic<bool> stop{false};
  Pace pace(stop, {1, 0});
  pace.hold("held");
  std::thread worker([&] {
    pace.wait();
    pace.spend(3600, 0);
  });
  stop = true;
  const auto start = Clock::now();
  worker.join();
  CHECK(seconds_since(start) < 5);
}

}  // namespace pace_test
}  // namespace planrun::test
