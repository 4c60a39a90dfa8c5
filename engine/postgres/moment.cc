#include "postgres/moment.h"

#include "sql/quote.h"

namespace planrun {
namespace {

// A table is read in the same order each time, from its beginning, and an order made below stays: rows of a
// table without a key are known by their place.
constexpr const char* kSettings =
    "SET synchronize_seqscans = off; SET max_parallel_workers_per_gather = 0; "
    "SET default_transaction_read_only = on";

std::unique_ptr<PostgresConnection> open(const ConnectionSettings& settings) {
  auto connection = std::make_unique<PostgresConnection>(settings);
  connection->exec(kSettings);
  return connection;
}

}  // namespace

Moment::Moment(const ConnectionSettings& settings) : settings_(settings), keeper_(open(settings)) {
  keeper_->exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  id_ = keeper_->exec("SELECT pg_export_snapshot()").text(0, 0);
}

std::unique_ptr<PostgresConnection> Moment::connect() const {
  auto connection = open(settings_);
  enter(*connection);
  return connection;
}

Error Moment::is_over() const {
  return Error(
      ErrorCode::interrupted,
      settings_.shown_url + ": the connection that kept the source as it stood is gone",
      "run the same command again: it reads the source anew, and goes on where all that is loaded still "
      "stands there as it was");
}

void Moment::enter(PostgresConnection& connection) const {
  try {
    connection.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT " +
                    quote_literal(id_));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection) throw;
    throw is_over();
  }
}

// A lock that is waited for could end in a deadlock, and with it the moment.
bool Moment::hold(const std::string& table) const {
  const std::lock_guard lock(mutex_);
  if (held_.contains(table)) return true;
  constexpr std::string_view kLockNotAvailable = "55P03";
  try {
    keeper_->exec("SAVEPOINT hold");
    keeper_->exec("LOCK TABLE ONLY " + qualified(settings_.schema, table) + " IN ACCESS SHARE MODE NOWAIT");
    keeper_->exec("RELEASE SAVEPOINT hold");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection) throw is_over();
    keeper_->exec("ROLLBACK TO SAVEPOINT hold");
    if (error.sqlstate() != kLockNotAvailable) throw source_error(error, settings_);
    return false;
  }
  held_.insert(table);
  return true;
}

std::shared_ptr<PostgresConnection> MomentConnections::take() {
  std::erase_if(connections_, [](const auto& c) { return c->broken(); });
  for (auto& connection : connections_) {
    if (connection.use_count() > 1) continue;
    // Who gave up or failed has rolled back.
    if (connection->idle()) moment_->enter(*connection);
    return connection;
  }
  return connections_.emplace_back(moment_->connect());
}

Error source_error(const Error& error, const ConnectionSettings& settings) {
  if (error.code() != ErrorCode::target) return error;
  std::string hint = error.hint();
  if (error.sqlstate() == "42501" && hint.empty()) {
    hint = "GRANT USAGE ON SCHEMA " + quote_name(settings.schema) + " and SELECT on its tables to the role";
  }
  return Error(ErrorCode::source, settings.shown_url + ": " + error.what(), hint)
      .with_sqlstate(error.sqlstate());
}

}  // namespace planrun
