// What a target lacks is told before anything is written, and no message shows a password.
#include "postgres/conninfo.h"
#include "postgres/fixture.h"

namespace planrun::test::preflight_test {
namespace {

std::string all_messages(const std::vector<PreflightFinding>& findings) {
  std::string text;
  for (const auto& f : findings) text += f.message + " | " + f.hint + "\n";
  return text;
}

TEST_CASE("a target that has everything gives no finding", "[server][postgres]") {
  TempPostgres postgres;
  const auto database = open_postgres_target({postgres.url(), "shown", "public", "planrun"});
  TableSchema table = make_table("t", {{"id", "serial primary key"},
                                       {"n", "numeric(12,2) default 0 check (n >= 0)"},
                                       {"m", "numeric generated always as (n * 2) stored"}});
  CHECK(all_messages(database->preflight(std::vector<const TableSchema*>{&table}, {})).empty());
  CHECK(postgres.psql("select count(*) from pg_namespace where nspname = 'planrun'") == "0");
}

TEST_CASE("what is missing or in the way is named with what to do", "[server][postgres]") {
  TempPostgres postgres;
  postgres.psql(
      "create table t (id integer); create table other (id integer); create index idx_other on other (id);"
      " revoke create on schema public from pg_database_owner, public; revoke create on database " +
      postgres.psql("select current_database()") + " from current_user");
  const auto database = open_postgres_target({postgres.url(), "shown", "public", "planrun"});
  TableSchema table =
      make_table("t", {{"id", "integer check (nosuch(id))"}, {"a", "integer default later()"}});
  TableSchema moods = make_table("moods", {{"m", "mood"}}, {"mood"});
  IndexSchema index;
  index.name = "idx_other";
  index.elements_sql = "m";
  moods.indexes.push_back(index);
  moods.foreign_keys.push_back({"f", {"m"}, "nowhere", {"m"}, "", "", false, false, false});
  const std::vector<const TableSchema*> tables = {&table, &moods};
  const std::string found = all_messages(database->preflight(tables, {}));
  for (const std::string words :
       {"GRANT CREATE ON SCHEMA \"public\" TO \"planrun\"", "GRANT CREATE ON DATABASE",
        "table public.t is in the way", "index public.idx_other of table other is in the way",
        "type \"mood\" does not exist", "nosuch", "later()", "public.nowhere"}) {
    CHECK_THAT(found, ContainsSubstring(words));
  }
  const std::string ours = all_messages(database->preflight(tables, std::vector<std::string>{"t"}));
  CHECK_THAT(ours, !ContainsSubstring("table public.t is in the way"));
  const auto elsewhere = open_postgres_target({postgres.url(), "shown", "no such", "planrun"});
  CHECK_THAT(all_messages(elsewhere->preflight({}, {})), ContainsSubstring("CREATE SCHEMA \"no such\""));
}

TEST_CASE("a server that does not answer is named, its password is not") {
  for (const std::string url :
       {"postgresql://u:geheim@127.0.0.1:1/d", "postgresql:host=127.0.0.1 port=1 user=u password=geheim",
        "postgresql://u:ge@heim@127.0.0.1:1/d", "postgresql://u:ge/heim@127.0.0.1:1/d",
        "postgresql:host=127.0.0.1 password='geheim", "postgresql://u:geheim@127.0.0.1:geheim/d"}) {
    INFO(url);
    const auto database = open_postgres_target({url, "postgresql://u@127.0.0.1:1/d", "public", "planrun"});
    for (const auto& failure : {failure_of_work([&] { database->preflight({}, {}); }),
                                failure_of_work([&] { database->connect(kRun, 1); }),
                                failure_of_work([&] { database->open_ledger(false); })}) {
      REQUIRE(failure.error);
      CHECK(failure.error->code() == ErrorCode::unreachable);
      CHECK_THAT(failure.message() + failure.error->hint(), !ContainsSubstring("heim"));
    }
  }
  const auto database = open_postgres_target({"postgresql://127.0.0.1:1/d", "shown", "public", "planrun"});
  CHECK_THAT(failure_of_work([&] { database->preflight({}, {}); }).message(),
             ContainsSubstring("127.0.0.1") && ContainsSubstring("port 1 failed"));
}

TEST_CASE("urls and keyword texts reach libpq, and its variables fill what is left out") {
  const auto value = [](const std::string& url, const std::string& keyword) {
    std::string found = "absent";
    for (const auto& [name, text] : connection_parameters(url, "planrun r 1")) {
      if (name == keyword) found = text;
    }
    return found;
  };
  CHECK(value("postgresql://h/d", "dbname") == "postgresql://h/d");
  CHECK(value("postgresql:host=h dbname=d", "dbname") == "host=h dbname=d");
  CHECK(value("postgresql:", "dbname") == "absent");
  CHECK(value("postgres:service=s", "dbname") == "service=s");
  CHECK(value("postgresql://h/d?user=a@b", "dbname") == "postgresql://h/d?user=a@b");
  CHECK(value("postgresql://h/d", "application_name") == "planrun r 1");
}

}  // namespace
}  // namespace planrun::test::preflight_test
