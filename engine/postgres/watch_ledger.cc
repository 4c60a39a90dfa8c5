#include "postgres/watch_ledger.h"

namespace planrun {
namespace {

class PostgresWatchLedger : public WatchLedger {
 public:
  PostgresWatchLedger(std::shared_ptr<PostgresContext> context, bool create)
      : context_(std::move(context)), connection_(context_->settings("planrun ledger", true)) {
    if (create) create_ledger(connection_, context_->ledger);
    there_ = ledger_exists(connection_, context_->ledger);
  }

  std::vector<VerificationRecord> verifications(const std::string& plan, std::int64_t limit) override;
  std::int64_t write_verification(const VerificationRecord& verification,
                                  std::span<const CheckRecord> checks) override;
  std::vector<CheckRecord> checks(std::int64_t verification) override;
  std::vector<AlertRecord> alerts(const std::string& plan) override;
  void write_alert(const std::string& plan, const AlertRecord& alert) override;

 private:
  const PostgresLedgerTables& names() const { return context_->ledger; }

  std::shared_ptr<PostgresContext> context_;
  PostgresConnection connection_;
  bool there_ = false;
};

std::vector<VerificationRecord> PostgresWatchLedger::verifications(const std::string& plan,
                                                                   std::int64_t limit) {
  std::vector<VerificationRecord> list;
  if (!there_) return list;
  const Result r = connection_.exec(
      "SELECT id, plan, run, started_at, finished_at, source, verdict, rows_read, differences, checks_failed,"
      " message, summary, host FROM " +
          names().verification + " WHERE plan = $1 ORDER BY id DESC LIMIT $2",
      {plan, limit < 0 ? Parameter() : Parameter(std::to_string(limit))});
  for (int i = 0; i < r.rows(); ++i) {
    list.push_back({r.integer(i, 0), r.text(i, 1), r.text(i, 2), r.integer(i, 3), r.integer(i, 4),
                    r.text(i, 5), verification_verdict_from(r.view(i, 6)), r.integer(i, 7), r.integer(i, 8),
                    r.integer(i, 9), r.text(i, 10), r.text(i, 11), r.text(i, 12)});
  }
  return list;
}

std::int64_t PostgresWatchLedger::write_verification(const VerificationRecord& v,
                                                     std::span<const CheckRecord> checks) {
  Transaction transaction(connection_);
  const std::int64_t id =
      connection_
          .exec(
              "INSERT INTO " + names().verification +
                  " (plan, run, started_at, finished_at, source, verdict, rows_read, differences,"
                  " checks_failed, message, summary, host) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
                  " $11, $12) RETURNING id",
              {v.plan, v.run, std::to_string(v.started_at), std::to_string(v.finished_at), v.source,
               std::string(to_string(v.verdict)), std::to_string(v.rows_read), std::to_string(v.differences),
               std::to_string(v.checks_failed), v.message, v.summary, v.host})
          .integer(0, 0);
  for (const auto& check : checks) {
    connection_.exec("INSERT INTO " + names().check_result +
                         " (run, name, severity, status, expected, found, message, checked_at, verification)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                     {v.run, check.name, check.severity, check.status, check.expected, check.found,
                      check.message, std::to_string(check.checked_at), std::to_string(id)});
  }
  transaction.commit();
  return id;
}

std::vector<CheckRecord> PostgresWatchLedger::checks(std::int64_t verification) {
  std::vector<CheckRecord> checks;
  if (!there_) return checks;
  const Result r =
      connection_.exec("SELECT name, severity, status, expected, found, message, checked_at FROM " +
                           names().check_result + " WHERE verification = $1 ORDER BY id",
                       {std::to_string(verification)});
  for (int i = 0; i < r.rows(); ++i) {
    checks.push_back({r.text(i, 0), r.text(i, 1), r.text(i, 2), r.text(i, 3), r.text(i, 4), r.text(i, 5),
                      r.integer(i, 6)});
  }
  return checks;
}

std::vector<AlertRecord> PostgresWatchLedger::alerts(const std::string& plan) {
  std::vector<AlertRecord> alerts;
  if (!there_) return alerts;
  const Result r = connection_.exec("SELECT name, raised, changed_at, sent, message, failure FROM " +
                                        names().alert + " WHERE plan = $1 ORDER BY name",
                                    {plan});
  for (int i = 0; i < r.rows(); ++i) {
    alerts.push_back(
        {r.text(i, 0), r.truth(i, 1), r.integer(i, 2), r.truth(i, 3), r.text(i, 4), r.text(i, 5)});
  }
  return alerts;
}

void PostgresWatchLedger::write_alert(const std::string& plan, const AlertRecord& alert) {
  connection_.exec("INSERT INTO " + names().alert +
                       " (plan, name, raised, changed_at, sent, message, failure) VALUES ($1, $2, $3, $4, $5,"
                       " $6, $7) ON CONFLICT (plan, name) DO UPDATE SET (raised, changed_at, sent, message,"
                       " failure) = (excluded.raised, excluded.changed_at, excluded.sent, excluded.message,"
                       " excluded.failure)",
                   {plan, alert.name, alert.raised ? "true" : "false", std::to_string(alert.changed_at),
                    alert.sent ? "true" : "false", alert.message, alert.failure});
}

}  // namespace

std::unique_ptr<WatchLedger> open_postgres_watch_ledger(std::shared_ptr<PostgresContext> context,
                                                        bool create) {
  return std::make_unique<PostgresWatchLedger>(std::move(context), create);
}

}  // namespace planrun
