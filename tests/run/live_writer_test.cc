// A verification beside a program that writes to both sides all the time: no difference that is none, none
// that is missed, and the program does not wait.
#include <atomic>
#include <chrono>
#include <thread>

#include <libpq-fe.h>
#include <sqlite3.h>

#include "support/migration.h"

namespace live_writer_test {

using namespace planrun::test;

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int kRows = 200'000;
// No write touches it.
constexpr int kQuiet = 50'003;

// Commits each statement on its own, with an application's patience.
class SqliteSide {
 public:
  explicit SqliteSide(const std::filesystem::path& file) {
    REQUIRE(sqlite3_open(file.c_str(), &database_) == SQLITE_OK);
    sqlite3_busy_timeout(database_, 20'000);
    // The disk's own speed is not what is measured.
    run("pragma synchronous = off");
  }
  ~SqliteSide() { sqlite3_close(database_); }
  bool run(const std::string& sql) {
    return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }

 private:
  ::sqlite3* database_ = nullptr;
};

class PostgresSide {
 public:
  explicit PostgresSide(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    run("set synchronous_commit = off");
  }
  ~PostgresSide() { PQfinish(connection_); }
  bool run(const std::string& sql) {
    PGresult* result = PQexec(connection_, sql.c_str());
    const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return good;
  }

 private:
  PGconn* connection_;
};

// Changes, adds and removes the same rows in source and target, one after the other.
template <typename Target>
class Writer {
 public:
  Writer(const std::filesystem::path& source, const std::string& target)
      : source_(source), target_(target), thread_([this] { write(); }) {}
  ~Writer() { stop(); }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::atomic<int> commits{0};
  std::atomic<int> failures{0};
  std::atomic<double> longest_ms{0};

 private:
  void write() {
    for (int i = 1; !stop_; ++i) {
      // A few rows change all the time, others once.
      const int id = i % 3 == 0 ? 5 + i % 4 : 1 + (i * 7919) % 40'000;
      const std::string key = std::to_string(id);
      both("update t set n = n + 1 where id = " + key);
      const std::string added = std::to_string(kRows + i);
      both("insert into t values (" + added + ", 'added', 0)");
      if (i % 2 == 0) both("delete from t where id = " + added);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  void both(const std::string& sql) {
    one(source_, sql);
    one(target_, sql);
  }
  template <typename Side>
  void one(Side& side, const std::string& sql) {
    const auto start = Clock::now();
    if (!side.run(sql)) ++failures;
    const double ms = Milliseconds(Clock::now() - start).count();
    if (ms > longest_ms) longest_ms = ms;
    ++commits;
  }

  SqliteSide source_;
  Target target_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

template <typename Target>
void check_beside_writer(Kind kind, const std::string& journal) {
  Migration m(kind,
              "pragma journal_mode = " + journal +
                  ";create table t(id integer primary key, v text, n integer);"
                  "with recursive i(x) as (select 1 union all select x+1 from i where x<" +
                  std::to_string(kRows) + ") insert into t select x, 'row ' || x, 0 from i;",
              "[table.t]\nfrom = \"s.t\"\n[table.t.columns]\nid = \"bigint primary key\"\nv = \"text\"\n"
              "n = \"bigint\"\n");
  REQUIRE(m.run().status == 0);
  const auto verify = [&] {
    return run_planrun({"verify", m.plan_file().string(), "--from", "live", "-j", "2"}, m.state());
  };
  double longest_read_ms = 0;
  bool saw_changes = false;
  Writer<Target> writer(m.source_file(), kind == Kind::sqlite ? m.target_file().string() : m.target_url());
  // Whether a row changes just while it is read is the moment's doing.
  for (int i = 0; i < 3 || (!saw_changes && i < 20); ++i) {
    const int before = writer.commits;
    const auto start = Clock::now();
    const ProcessResult good = verify();
    longest_read_ms = std::max(longest_read_ms, Milliseconds(Clock::now() - start).count());
    INFO(good.out << good.err);
    CHECK(good.status == 0);
    saw_changes = saw_changes || good.out.find("changed while read") != std::string::npos;
    CHECK_THAT(good.err, ContainsSubstring("was written while it was read"));
    CHECK(writer.commits > before + 20);
  }
  const std::string patience = kind == Kind::sqlite ? "pragma busy_timeout = 20000;" : "";
  m.target(patience + "update t set v = 'wrong' where id = " + std::to_string(kQuiet));
  const ProcessResult bad = verify();
  writer.stop();
  INFO(bad.out << bad.err);
  CHECK(bad.status == 3);
  CHECK_THAT(bad.out, ContainsSubstring("DIFFERENT: 1 key\n") &&
                          ContainsSubstring("id 50003, column v: expected 'row 50003', found 'wrong'"));
  INFO("the writer waited " << writer.longest_ms << " ms at most, a verification took " << longest_read_ms);
  CHECK(saw_changes);
  CHECK(writer.failures == 0);
  CHECK(writer.longest_ms < std::max(200.0, longest_read_ms / 10));
}

}  // namespace

TEST_CASE("a verification beside a writer of two SQLite files", "[watch][slow]") {
  check_beside_writer<SqliteSide>(Kind::sqlite, "delete");
}
TEST_CASE("a verification beside a writer of a SQLite file in WAL mode", "[watch][slow]") {
  check_beside_writer<SqliteSide>(Kind::sqlite, "wal");
}
TEST_CASE("a verification beside a writer of a SQLite file and PostgreSQL", "[watch][slow][postgres]") {
  check_beside_writer<PostgresSide>(Kind::postgresql, "delete");
}

}  // namespace live_writer_test
