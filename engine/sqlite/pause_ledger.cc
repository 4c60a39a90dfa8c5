#include "sqlite/pause_ledger.h"

#include <chrono>
#include <thread>

namespace planrun {
namespace {

using Clock = std::chrono::steady_clock;

// A run holds the file from chunk to chunk, with a gap that is shorter than SQLite's own waiting between two
// tries (kGapBetweenChunks): only who asks more often than that finds it.
constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kBetweenTries = std::chrono::microseconds(300);

class SqlitePauseLedger : public PauseLedger {
 public:
  explicit SqlitePauseLedger(std::shared_ptr<TargetFile> file) : connection_(std::move(file)) {}

  std::optional<PauseRecord> find(const std::string& run) override {
    const auto connection = connection_.reading();
    if (!is_in(*connection)) return std::nullopt;
    Statement row(*connection, "select asked_by, asked_at, seen_at from " + table() + " where run = ?1");
    row.bind(1, std::string_view(run));
    if (!row.step()) return std::nullopt;
    return PauseRecord{run, row.text(0), row.integer(1), row.integer(2)};
  }

  void write(const PauseRecord& pause) override {
    change([&](SqliteConnection& connection) {
      connection.execute("create table if not exists " + table() +
                         " (run text primary key not null, asked_by text not null,"
                         " asked_at integer not null, seen_at integer not null)");
      Statement row(connection, "insert or replace into " + table() + " values (?1, ?2, ?3, ?4)");
      row.bind(1, std::string_view(pause.run))
          .bind(2, std::string_view(pause.asked_by))
          .bind(3, pause.asked_at)
          .bind(4, pause.seen_at)
          .run();
    });
  }

  void mark_seen(const std::string& run, std::int64_t at) override {
    change([&](SqliteConnection& connection) {
      Statement row(connection, "update " + table() + " set seen_at = ?2 where run = ?1");
      row.bind(1, std::string_view(run)).bind(2, at).run();
    });
  }

  bool remove(const std::string& run) override {
    bool removed = false;
    change([&](SqliteConnection& connection) {
      if (!is_in(connection)) return;
      Statement row(connection, "delete from " + table() + " where run = ?1");
      row.bind(1, std::string_view(run)).run();
      removed = sqlite3_changes(connection.get()) > 0;
    });
    return removed;
  }

 private:
  const std::string& table() { return connection_.ledger().pause; }

  bool is_in(SqliteConnection& connection) {
    Statement found(connection, "select 1 from sqlite_schema where type = 'table' and name = ?1");
    found.bind(1, std::string_view(connection_.ledger().pause_name));
    return found.step();
  }

  template <typename Change>
  void change(const Change& change) {
    const auto connection = connection_.writing();
    const Clock::time_point start = Clock::now();
    for (;;) {
      sqlite3_busy_timeout(connection->get(), 0);
      try {
        WriteTransaction transaction(connection_.file(), connection);
        sqlite3_busy_timeout(connection->get(), kBusyMs);  // readers end
        change(*connection);
        transaction.commit();
        return;
      } catch (const Error& error) {
        if (!error.retryable() || Clock::now() - start > kPatience) throw;
      }
      std::this_thread::sleep_for(kBetweenTries);
    }
  }

  TargetConnection connection_;
};

}  // namespace

std::unique_ptr<PauseLedger> make_sqlite_pause_ledger(std::shared_ptr<TargetFile> file) {
  return std::make_unique<SqlitePauseLedger>(std::move(file));
}

}  // namespace planrun
