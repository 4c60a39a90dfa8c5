#include "base/error.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/back_reader.h"
#include "sqlite/chunk_transaction.h"
#include "sqlite/dialect.h"
#include "sqlite/existing_table.h"
#include "sqlite/ledger.h"
#include "sqlite/orphans.h"
#include "sqlite/pause_ledger.h"
#include "sqlite/preflight.h"
#include "sqlite/sqlite.h"
#include "sqlite/step_work.h"
#include "sqlite/take_back.h"
#include "sqlite/undo.h"
#include "sqlite/watch_ledger.h"

namespace planrun {
namespace {

class SqliteTarget : public Target {
 public:
  SqliteTarget(std::shared_ptr<TargetFile> file, int worker)
      : connection_(std::move(file)), worker_(worker) {}

  std::unique_ptr<ChunkTransaction> claim(const ClaimRequest& request) override {
    return claim_chunk(connection_, writers_, request, worker_);
  }

  std::int64_t wait_for_chunks(const std::string& run, std::span<const std::string> loads,
                               int patience_ms) override;
  bool is_done(const std::string& run, std::int64_t chunk) override;

  void do_steps(std::span<const StepWork> works) override {
    WriteTransaction transaction(connection_.file(), connection_.writing());
    do_step_works(transaction.connection(), connection_.ledger(), works, worker_);
    transaction.commit();
  }

  /// SQLite shares no view between connections; a run's own proof begins after the table's last write.
  std::string share_view() override { return {}; }

  std::unique_ptr<BackReader> read_back(const ReadBack& request) override {
    if (!request.load.empty()) return read_written(connection_.reading(), connection_.ledger(), request);
    return read_part(connection_.reading(), request);
  }

  std::unique_ptr<BackReader> read_violations(const Violation& violation,
                                              std::span<const std::size_t> columns) override {
    return read_in_the_way(connection_.reading(), violation, columns);
  }

  void remove_rows(const std::string& run, const TableSchema& table, const std::string& load,
                   std::span<const std::string> row_references, std::span<const Reject> rejects,
                   const ChunkResult& correction) override;

  std::vector<ChangedRow> changed_rows(const std::string& run, const TableSchema& table,
                                       std::size_t limit) override {
    return find_changed_rows(*connection_.reading(), connection_.ledger(), run, table,
                             CountedRows::written_and_left, limit);
  }

  /// SQLite knows no other types: what is there is the text itself.
  std::vector<std::optional<std::string>> canonical_text(const std::string&,
                                                         std::span<const std::string> values) override {
    return {values.begin(), values.end()};
  }

  QueryResult query(const std::string& sql) override { return run_query(*connection_.reading(), sql); }

  std::unique_ptr<UndoTransaction> begin_undo(const std::string& run, std::span<const std::string>) override {
    return planrun::begin_undo(connection_, run);
  }

 private:
  TargetConnection connection_;
  RowWriters writers_;
  int worker_;
};

/// A chunk is held by nobody but the one writer: when the write lock comes free, all chunks are done or
/// pending.
std::int64_t SqliteTarget::wait_for_chunks(const std::string& run, std::span<const std::string> loads, int) {
  if (!connection_.file().exists()) return 0;
  WriteTransaction transaction(connection_.file(), connection_.writing());
  Statement row(transaction.connection(), "select count(*) from " + connection_.ledger().chunk +
                                              " where run = ?1 and state = 'pending' and load = ?2");
  std::int64_t pending = 0;
  for (const auto& load : loads) {
    row.bind(1, std::string_view(run)).bind(2, std::string_view(load));
    row.step();
    pending += row.integer(0);
    row.reset();
  }
  return pending;
}

bool SqliteTarget::is_done(const std::string& run, std::int64_t chunk) {
  if (!connection_.file().exists()) return false;
  WriteTransaction transaction(connection_.file(), connection_.writing());
  Statement row(transaction.connection(),
                "select state = 'done' from " + connection_.ledger().chunk + " where run = ?1 and id = ?2");
  row.bind(1, std::string_view(run)).bind(2, chunk);
  return row.step() && row.integer(0) != 0;
}

void SqliteTarget::remove_rows(const std::string& run, const TableSchema& table, const std::string& load,
                               std::span<const std::string> row_references, std::span<const Reject> rejects,
                               const ChunkResult& correction) {
  WriteTransaction transaction(connection_.file(), connection_.writing());
  SqliteConnection& connection = transaction.connection();
  // A table outside of a circle of foreign keys that refers to this one is looked at after it; one within may
  // have been before.
  const OrphanCounts orphans(connection, table.name, others_in_circle(connection, table.name));
  const std::int64_t removed = delete_rows(connection, table.name, row_references);
  if (removed != static_cast<std::int64_t>(row_references.size())) {
    throw Error(ErrorCode::target,
                connection.shown() + ": table " + table.name + ": " + std::to_string(removed) + " of " +
                    std::to_string(row_references.size()) + " rows were still there to be removed",
                "something else writes to the table: stop it, then run the same command again");
  }
  if (const auto more = orphans.more(); !more.empty()) {
    throw Error(ErrorCode::rejected,
                with_thousands(more.front().rows) + (more.front().rows == 1 ? " row" : " rows") +
                    " of table " + more.front().child + (more.front().rows == 1 ? " refers" : " refer") +
                    " to rows of table " + table.name + " that are to be taken out as rejects",
                "mend the source, or leave these rows, and those that refer to them, out by `where`; then "
                "take this run "
                "back (planrun rollback PLAN) and begin a new one");
  }
  const std::int64_t chunk = connection_.ledger().add_correction(connection, run, load, correction, worker_);
  Statement kept = connection_.ledger().prepare_reject(connection);
  for (const auto& reject : rejects) SqliteLedgerTables::add_reject(kept, run, chunk, load, reject);
  transaction.commit();
}

class SqliteTargetDatabase : public TargetDatabase {
 public:
  SqliteTargetDatabase(const std::filesystem::path& file, const std::string& ledger_prefix)
      : file_(std::make_shared<TargetFile>(file, ledger_prefix)), dialect_(make_sqlite_dialect()) {}

  const Dialect& dialect() const override { return *dialect_; }

  std::unique_ptr<Target> connect(const std::string&, int worker) override {
    return std::make_unique<SqliteTarget>(file_, worker);
  }

  std::unique_ptr<Ledger> open_ledger(bool create) override { return make_sqlite_ledger(file_, create); }

  std::vector<PreflightFinding> preflight(std::span<const TableSchema* const> tables,
                                          std::span<const std::string> ours) override {
    return find_obstacles(*file_, *dialect_, tables, ours);
  }

  std::vector<PreflightFinding> try_objects(std::span<const TableSchema* const> tables,
                                            std::span<const SchemaObject> objects) override {
    return find_faulty_objects(*dialect_, tables, objects);
  }

  std::vector<std::string> table_names() override {
    const SqliteLedgerTables& own = file_->ledger();
    std::vector<std::string> names = read_table_names(*TargetConnection(file_).reading());
    std::erase_if(names, [&](const std::string& name) {
      const std::string quoted = quote_name(name);
      return quoted == own.version || quoted == own.run || quoted == own.step || quoted == own.chunk ||
             quoted == own.reject || quoted == own.undo || quoted == own.check_result ||
             quoted == own.verification || quoted == own.alert || quoted == own.pause;
    });
    return names;
  }

  std::optional<ExistingTable> existing_table(const std::string& name) override {
    return read_existing_table(*TargetConnection(file_).reading(), name);
  }

  std::string shown_url() const override { return "sqlite:" + file_->path().string(); }

  std::unique_ptr<PauseLedger> open_pause_ledger(bool) override { return make_sqlite_pause_ledger(file_); }
  std::unique_ptr<WatchLedger> open_watch_ledger(bool create) override {
    return make_sqlite_watch_ledger(file_, create);
  }

  WorkerRoom worker_room() override { return {}; }
  std::string state() override { return file_->state(); }

 private:
  std::shared_ptr<TargetFile> file_;
  std::unique_ptr<Dialect> dialect_;
};

}  // namespace

std::unique_ptr<TargetDatabase> open_sqlite_target(const std::filesystem::path& file,
                                                   const std::string& ledger_prefix) {
  return std::make_unique<SqliteTargetDatabase>(file, ledger_prefix);
}

}  // namespace planrun
