#include "base/error.h"
#include "postgres/context.h"
#include "postgres/dialect.h"
#include "postgres/existing_table.h"
#include "postgres/ledger.h"
#include "postgres/postgres.h"
#include "postgres/preflight.h"
#include "postgres/target.h"

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
  std::optional<ExistingTable> existing_table(const std::string& name) override {
    PostgresConnection connection(context_->settings("planrun preflight", true));
    return read_existing_table(connection, *context_, name);
  }
  std::string shown_url() const override { return context_->options.shown_url; }

 private:
  std::shared_ptr<PostgresContext> context_;
  std::unique_ptr<Dialect> dialect_;
};

}  // namespace

std::unique_ptr<TargetDatabase> open_postgres_target(const PostgresOptions& options) {
  return std::make_unique<PostgresDatabase>(options);
}

}  // namespace planrun
