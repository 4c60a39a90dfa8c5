#include "sqlite/watch_ledger.h"

namespace planrun {
namespace {

class SqliteWatchLedger : public WatchLedger {
 public:
  SqliteWatchLedger(std::shared_ptr<TargetFile> file, bool create) : connection_(std::move(file)) {
    if (!create) return;
    auto connection = connection_.writing();
    if (names().are_in(*connection)) return;
    WriteTransaction transaction(connection_.file(), connection);
    names().create(*connection);
    transaction.commit();
  }

  std::vector<VerificationRecord> verifications(const std::string& plan, std::int64_t limit) override;
  std::int64_t write_verification(const VerificationRecord& verification,
                                  std::span<const CheckRecord> checks) override;
  std::vector<CheckRecord> checks(std::int64_t verification) override;
  std::vector<AlertRecord> alerts(const std::string& plan) override;
  void write_alert(const std::string& plan, const AlertRecord& alert) override;

 private:
  /// The connection to read from; null: nothing was ever written.
  std::shared_ptr<SqliteConnection> find() {
    auto connection = connection_.reading();
    return names().are_in(*connection) ? connection : nullptr;
  }
  const SqliteLedgerTables& names() { return connection_.ledger(); }

  TargetConnection connection_;
};

std::vector<VerificationRecord> SqliteWatchLedger::verifications(const std::string& plan,
                                                                 std::int64_t limit) {
  std::vector<VerificationRecord> list;
  const auto connection = find();
  if (!connection) return list;
  Statement row(*connection,
                "select id, plan, run, started_at, finished_at, source, verdict, rows_read, differences, "
                "checks_failed, message, summary, host from " +
                    names().verification + " where plan = ?1 order by id desc limit ?2");
  row.bind(1, std::string_view(plan)).bind(2, limit);
  while (row.step()) {
    list.push_back({row.integer(0), row.text(1), row.text(2), row.integer(3), row.integer(4), row.text(5),
                    verification_verdict_from(row.text(6)), row.integer(7), row.integer(8), row.integer(9),
                    row.text(10), row.text(11), row.text(12)});
  }
  return list;
}

std::int64_t SqliteWatchLedger::write_verification(const VerificationRecord& v,
                                                   std::span<const CheckRecord> checks) {
  WriteTransaction transaction(connection_.file(), connection_.writing());
  SqliteConnection& connection = transaction.connection();
  Statement row(connection, "insert into " + names().verification +
                                " (plan, run, started_at, finished_at, source, verdict, rows_read, "
                                "differences, checks_failed, message, summary, host) values (?1, ?2, ?3, ?4, "
                                "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  row.bind(1, std::string_view(v.plan)).bind(2, std::string_view(v.run));
  row.bind(3, v.started_at).bind(4, v.finished_at).bind(5, std::string_view(v.source));
  row.bind(6, to_string(v.verdict)).bind(7, v.rows_read).bind(8, v.differences).bind(9, v.checks_failed);
  row.bind(10, std::string_view(v.message)).bind(11, std::string_view(v.summary));
  row.bind(12, std::string_view(v.host)).run();
  const std::int64_t id = sqlite3_last_insert_rowid(connection.get());
  Statement add(connection, "insert into " + names().check_result +
                                " (run, name, severity, status, expected, found, message, checked_at, "
                                "verification) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  for (const auto& check : checks) {
    add.bind(1, std::string_view(v.run)).bind(2, std::string_view(check.name));
    add.bind(3, std::string_view(check.severity)).bind(4, std::string_view(check.status));
    add.bind(5, std::string_view(check.expected)).bind(6, std::string_view(check.found));
    add.bind(7, std::string_view(check.message)).bind(8, check.checked_at).bind(9, id).run();
  }
  transaction.commit();
  return id;
}

std::vector<CheckRecord> SqliteWatchLedger::checks(std::int64_t verification) {
  std::vector<CheckRecord> checks;
  const auto connection = find();
  if (!connection) return checks;
  Statement row(*connection, "select name, severity, status, expected, found, message, checked_at from " +
                                 names().check_result + " where verification = ?1 order by id");
  row.bind(1, verification);
  while (row.step()) {
    checks.push_back(
        {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.integer(6)});
  }
  return checks;
}

std::vector<AlertRecord> SqliteWatchLedger::alerts(const std::string& plan) {
  std::vector<AlertRecord> alerts;
  const auto connection = find();
  if (!connection) return alerts;
  Statement row(*connection, "select name, raised, changed_at, sent, message, failure from " + names().alert +
                                 " where plan = ?1 order by name");
  row.bind(1, std::string_view(plan));
  while (row.step()) {
    alerts.push_back(
        {row.text(0), row.integer(1) != 0, row.integer(2), row.integer(3) != 0, row.text(4), row.text(5)});
  }
  return alerts;
}

void SqliteWatchLedger::write_alert(const std::string& plan, const AlertRecord& alert) {
  WriteTransaction transaction(connection_.file(), connection_.writing());
  Statement row(transaction.connection(),
                "insert or replace into " + names().alert +
                    " (plan, name, raised, changed_at, sent, message, failure) values (?1, ?2, ?3, ?4, ?5, "
                    "?6, ?7)");
  row.bind(1, std::string_view(plan)).bind(2, std::string_view(alert.name)).bind(3, alert.raised ? 1 : 0);
  row.bind(4, alert.changed_at).bind(5, alert.sent ? 1 : 0).bind(6, std::string_view(alert.message));
  row.bind(7, std::string_view(alert.failure)).run();
  transaction.commit();
}

}  // namespace

std::unique_ptr<WatchLedger> make_sqlite_watch_ledger(std::shared_ptr<TargetFile> file, bool create) {
  return std::make_unique<SqliteWatchLedger>(std::move(file), create);
}

}  // namespace planrun
