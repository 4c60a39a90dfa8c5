#include "base/error.h"
#include "postgres/context.h"
#include "postgres/dialect.h"
#include "postgres/existing_table.h"
#include "postgres/ledger.h"
#include "postgres/pause_ledger.h"
#include "postgres/postgres.h"
#include "postgres/preflight.h"
#include "postgres/target.h"
#include "postgres/watch_ledger.h"
#include "postgres/worker_room.h"

namespace planrun {
namespace {

class PostgresDatabase : public TargetDatabase {
 public:
  explicit PostgresDatabase(const PostgresOptions& options)
      : context_(std::make_shared<PostgresContext>(options)), dialect_(postgres_dialect(options.schema)) {}

  const Dialect& dialect() const override { return *dialect_; }
  std::unique_ptr<Target> connect(const std::string& run, int worker) override {
    return connect_target(context_, run, worker);
  }
  std::unique_ptr<Ledger> open_ledger(bool create) override { return open_postgres_ledger(context_, create); }
  std::vector<PreflightFinding> preflight(std::span<const TableSchema* const> tables,
                                          std::span<const std::string> ours) override {
    PostgresConnection connection(context_->settings("planrun preflight", true));
    return examine_target(connection, *context_, tables, ours);
  }
  // PostgreSQL tries DDL only where it would leave traces in the catalog; its grammar has been asked already.
  std::vector<PreflightFinding> try_objects(std::span<const TableSchema* const>,
                                            std::span<const SchemaObject>) override {
    return {};
  }
  std::vector<std::string> table_names() override {
    PostgresConnection connection(context_->settings("planrun preflight", true));
    return read_table_names(connection, *context_);
  }
  std::optional<ExistingTable> existing_table(const std::string& name) override {
    PostgresConnection connection(context_->settings("planrun preflight", true));
    return read_existing_table(connection, *context_, name);
  }
  std::string shown_url() const override { return context_->options.shown_url; }
  std::unique_ptr<WatchLedger> open_watch_ledger(bool create) override {
    return open_postgres_watch_ledger(context_, create);
  }
  std::unique_ptr<PauseLedger> open_pause_ledger(bool create) override {
    return open_postgres_pause_ledger(context_, create);
  }
  WorkerRoom worker_room() override {
    PostgresConnection connection(context_->settings("planrun preflight", true));
    return read_worker_room(connection);
  }
  // A server that only follows another has no place to write to, and cannot say.
  std::string state() override {
    PostgresConnection connection(context_->settings("planrun verify", true));
    return connection
        .exec("SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_current_wal_insert_lsn()::text END", {})
        .text(0, 0);
  }

 private:
  std::shared_ptr<PostgresContext> context_;
  std::unique_ptr<Dialect> dialect_;
};

}  // namespace

std::unique_ptr<TargetDatabase> open_postgres_target(const PostgresOptions& options) {
  return std::make_unique<PostgresDatabase>(options);
}

}  // namespace planrun
