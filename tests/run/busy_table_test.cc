// A load into a table that a program writes to all the time: it gets done, and what the program wrote stays.
#include <atomic>
#include <thread>

#include <libpq-fe.h>

#include "support/migration.h"

namespace busy_table_test {

using namespace planrun::test;

namespace {

constexpr int kRows = 30'000;

// Changes a column that the load does not write, of one row after the other, each in a transaction.
class Program {
 public:
  explicit Program(const std::string& url) : thread_([this, url] { write(url); }) {}
  ~Program() { stop(); }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::atomic<int> commits{0};

 private:
  void write(const std::string& url) {
    PGconn* connection = PQconnectdb(url.c_str());
    PQclear(PQexec(connection, "set synchronous_commit = off"));
    for (int i = 1; !stop_; ++i) {
      const std::string id = std::to_string(1 + i * 7919LL % kRows);
      PGresult* result = PQexec(connection, ("update t set seen = seen + 1 where id = " + id).c_str());
      if (PQresultStatus(result) == PGRES_COMMAND_OK) ++commits;
      PQclear(result);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    PQfinish(connection);
  }

  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("an upsert into a table that others write to all the time gets done", "[postgres]") {
  const std::string rows = std::to_string(kRows);
  Migration m(Kind::postgresql,
              "create table t(id integer primary key, v text);"
              "with recursive n(i) as (select 1 union all select i + 1 from n where i < " +
                  rows + ") insert into t select i, 'new ' || i from n",
              "[table.t]\nfrom = \"s.t\"\nexists = true\nwrite = \"upsert\"\nkey = [\"id\"]\n");
  m.target(
      "create table t(id bigint primary key, v text, seen int not null default 0); insert into t select i, "
      "'old' from generate_series(1, " +
      rows + ") i");
  Program program(m.target_url());
  const ProcessResult r = m.run();
  program.stop();
  INFO(r.out << r.err << program.commits);
  REQUIRE(r.status == 0);
  CHECK(program.commits > 20);
  CHECK(m.target("select count(*) filter (where v = 'new ' || id), sum(seen) from t") ==
        rows + "|" + std::to_string(program.commits));
  CHECK(m.target("select count(*) > 1 from planrun.chunk where state = 'done'") == "t");
  CHECK_THAT(r.err,
             ContainsSubstring("others write the same rows") && ContainsSubstring("with fewer rows at once"));
}

}  // namespace busy_table_test
