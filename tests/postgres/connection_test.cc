#include "postgres/connection.h"

#include <chrono>

#include "postgres/fixture.h"

namespace planrun::test::connection_test {

TEST_CASE("a server that turns the role away is not asked again and again", "[server][postgres]") {
  const TempPostgres postgres;
  const std::string elsewhere = postgres.url().substr(0, postgres.url().rfind('/'));
  const std::string nobody = "postgresql://nobody_at_all@" + elsewhere.substr(elsewhere.find('@') + 1);
  for (const std::string& url : {elsewhere + "/no_such_database", nobody + "/postgres"}) {
    ConnectionSettings settings;
    settings.url = url;
    settings.shown_url = url;
    const auto begin = std::chrono::steady_clock::now();
    const Failure failure = failure_of_work([&] { reconnect(settings, 0, 30'000); });
    REQUIRE(failure.error);
    CHECK(failure.error->code() == ErrorCode::unreachable);
    CHECK_FALSE(failure.error->retryable());
    CHECK_THAT(failure.message(), ContainsSubstring("does not exist"));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  }
}

}  // namespace planrun::test::connection_test
