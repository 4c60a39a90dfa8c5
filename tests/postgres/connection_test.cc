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

TEST_CASE("what a database sets for its sessions changes neither values nor patience", "[server][postgres]") {
  const TempPostgres postgres;
  const auto set = [&](const std::string& setting) {
    postgres.psql("do $$ begin execute format('alter database %I set " + setting +
                  "', current_database()); end $$");
  };
  const auto setting_of = [&](const std::string& name) {
    ConnectionSettings settings;
    settings.url = settings.shown_url = postgres.url();
    settings.schema = "public";
    return PostgresConnection(settings).exec("SHOW " + name).text(0, 0);
  };
  set("array_nulls = off");
  set("idle_session_timeout = 1000");
  set("statement_timeout = 1000");
  set("timezone = ''Asia/Kolkata''");
  CHECK(setting_of("array_nulls") == "on");
  CHECK(setting_of("idle_session_timeout") == "0");
  CHECK(setting_of("statement_timeout") == "0");
  CHECK(setting_of("timezone") == "UTC");
  // At least 64 MB, and what is more stays.
  set("maintenance_work_mem = ''1MB''");
  CHECK(setting_of("maintenance_work_mem") == "64MB");
  set("maintenance_work_mem = ''1GB''");
  CHECK(setting_of("maintenance_work_mem") == "1GB");
  set("maintenance_work_mem = 65537");
  CHECK(setting_of("maintenance_work_mem") == "65537kB");
}

}  // namespace planrun::test::connection_test
