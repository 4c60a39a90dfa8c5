#include "sqlite/chunk_transaction.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "sqlite/dialect.h"
#include "sqlite/foreign_key_check.h"
#include "sqlite/row_applier.h"
#include "sqlite/step_work.h"

namespace planrun {
namespace {

// Between two chunks the file is left alone for so long: another process that wants to say something (pause)
// would never find it free. A chunk takes about a second.
constexpr auto kGapBetweenChunks = std::chrono::milliseconds(2);

// Loads whose prepared statements are kept for their next chunk: each change of the schema looks at all of
// them.
constexpr std::size_t kMostWriters = 100;

// SQLite undoes a refused row alone and names it, so that only a load that fans out ever goes back to the
// claim: it alone has a savepoint there.
class SqliteChunkTransaction : public ChunkTransaction {
 public:
  SqliteChunkTransaction(TargetConnection& target, RowWriters& writers, const ClaimRequest& request,
                         int worker)
      : connection_(writing_for(target, request)),
        ledger_(target.ledger()),
        writers_(writers),
        run_(request.run),
        worker_(worker),
        loads_(request.loads),
        guards_(request.guards),
        retries_(!request.retried.empty()),
        transaction_(target.file(), connection_) {
    for (const auto& work : request.create) {
      if (do_step_work(*connection_, ledger_, work, worker_)) created_.insert(work.table);
    }
    if (!request.retried.empty()) begin_retry(request.retried);
    guards_before_ = read_guards(*connection_, guards_);
  }

  ~SqliteChunkTransaction() override { writers_.pipe.rest(); }

  const Chunk& chunk() const override { return chunk_; }
  void write(std::span<const Cell> row) override;

  Flushed flush() override;

  void stage() override;

  void reject(const Reject& reject) override {
    if (!rejects_) rejects_ = std::make_unique<Statement>(ledger_.prepare_reject(*connection_));
    SqliteLedgerTables::add_reject(*rejects_, run_, chunk_.id, chunk_.load, reject);
  }

  void cut(const Key& key) override;
  void finish(const ChunkResult& result) override {
    if (load().fans_out) connection_->execute("release planrun_chunk");
    ledger_.finish_chunk(*connection_, chunk_.id, result, worker_);
  }
  std::vector<GuardValue> guard_values() override {
    return planrun::guard_values(guards_before_, read_guards(*connection_, guards_));
  }
  bool next() override;

  Outcome commit() override {
    transaction_.commit();
    return Outcome::committed;
  }

 private:
  bool claim_behind(std::int64_t behind);
  /// Rows that come after all others must find their parents: then no step after them looks for orphans.
  static std::shared_ptr<SqliteConnection> writing_for(TargetConnection& target,
                                                       const ClaimRequest& request) {
    auto connection = target.writing();
    if (!request.retried.empty()) connection->execute("pragma foreign_keys = on");
    return connection;
  }
  void begin_retry(std::span<const std::int64_t> rejects);
  RowWriter& writer();
  void put_counter_first();
  const LoadTarget& load() const { return *std::ranges::find(loads_, chunk_.load, &LoadTarget::load); }
  void cut_ledger(const Key& key);

  std::shared_ptr<SqliteConnection> connection_;
  const SqliteLedgerTables& ledger_;
  RowWriters& writers_;
  std::string run_;
  int worker_;
  std::vector<LoadTarget> loads_;
  std::set<std::string> created_;  // tables, in this transaction, that have no counter yet
  std::vector<std::string> guards_;
  std::vector<std::string> guards_before_;
  bool retries_;                      // foreign keys are on
  Chunk chunk_;                       // as cut
  std::optional<Key> claimed_until_;  // its end as claimed
  bool cut_ = false;
  RowWriter* writer_ = nullptr;
  std::unique_ptr<RowApplier> applier_;     // of the chunk's load, where its rows meet rows
  std::optional<ForeignKeyCheck> parents_;  // of a retry's load, where they do not
  Flushed flushed_;
  std::int64_t ordinal_ = 0;
  WriteTransaction transaction_;
  std::unique_ptr<Statement> rejects_;
};

void SqliteChunkTransaction::write(std::span<const Cell> row) {
  if (!applier_ && !retries_) {
    writers_.pipe.write(row);
    return;
  }
  RowFailure failure;
  failure.ordinal = ordinal_++;
  if (!applier_) {
    if (!parents_->has_parents(row, failure) || !writer_->write(row, failure))
      flushed_.failures.push_back(std::move(failure));
    return;
  }
  switch (applier_->apply(row, chunk_.id, failure)) {
    case Applied::inserted:
      ++flushed_.rows_inserted;
      break;
    case Applied::updated:
      ++flushed_.rows_updated;
      break;
    case Applied::unchanged:
      ++flushed_.rows_unchanged;
      break;
    case Applied::left:
      ++flushed_.rows_unchanged;
      flushed_.left.push_back(failure.ordinal);
      break;
    case Applied::merged:
      flushed_.merged.push_back(failure.ordinal);
      break;
    case Applied::refused:
      flushed_.failures.push_back(std::move(failure));
      break;
  }
}

Flushed SqliteChunkTransaction::flush() {
  if (!applier_ && !retries_) {
    writers_.pipe.drain();
    flushed_.failures = writers_.pipe.take_failures();
  }
  return std::exchange(flushed_, {});
}

void SqliteChunkTransaction::begin_retry(std::span<const std::int64_t> rejects) {
  Statement gone(*connection_, "delete from " + ledger_.reject + " where run = ?1 and id = ?2");
  for (const std::int64_t id : rejects) {
    gone.bind(1, std::string_view(run_)).bind(2, id).run();
    if (sqlite3_changes64(connection_->get()) != 1) {
      throw Error(ErrorCode::refused, "reject " + std::to_string(id) + " of load " + loads_.front().load +
                                          " is gone from the ledger");
    }
  }
  Statement row(*connection_,
                "insert into " + ledger_.chunk + " (run, load, kind) values (?1, ?2, 'correction')");
  row.bind(1, std::string_view(run_)).bind(2, std::string_view(loads_.front().load)).run();
}

void SqliteChunkTransaction::stage() {
  if (!load().fans_out) {
    throw Error(ErrorCode::system, "SQLite names each row that it refuses: nothing is staged");
  }
  if (writer_ != nullptr) writers_.pipe.begin(*writer_);
  connection_->execute("rollback to planrun_chunk");
  flushed_ = {};
  ordinal_ = 0;
  if (cut_) cut_ledger(*chunk_.range.until);
}

void SqliteChunkTransaction::cut(const Key& key) {
  if (writer_ != nullptr) writers_.pipe.drain();
  cut_ledger(key);
  chunk_.range.until = key;
  cut_ = true;
}

void SqliteChunkTransaction::cut_ledger(const Key& key) {
  Chunk rest;
  rest.load = chunk_.load;
  rest.range = {key, claimed_until_};
  const std::string until = to_json(key);
  Statement row(*connection_, "update " + ledger_.chunk + " set range_until = ?2 where id = ?1");
  row.bind(1, chunk_.id).bind(2, std::string_view(until)).run();
  ledger_.add_pending(*connection_, run_, rest);
}

// Behind the chunk claimed before first: of thousands that share a transaction each would be looked for among
// all that are done.
bool SqliteChunkTransaction::next() {
  return claim_behind(chunk_.id) || (chunk_.id > 0 && claim_behind(0));
}

bool SqliteChunkTransaction::claim_behind(std::int64_t behind) {
  std::string list;
  for (std::size_t i = 0; i < loads_.size(); ++i) list += (i == 0 ? "?" : ", ?") + std::to_string(i + 3);
  Statement row(*connection_, "select id, load, range_from, range_until from " + ledger_.chunk +
                                  " where run = ?1 and id > ?2 and state = 'pending' and load in (" + list +
                                  ") order by id limit 1");
  row.bind(1, std::string_view(run_)).bind(2, behind);
  for (std::size_t i = 0; i < loads_.size(); ++i)
    row.bind(static_cast<int>(i) + 3, std::string_view(loads_[i].load));
  if (!row.step()) return false;
  chunk_ = {row.integer(0), row.text(1), {bound_of(row, 2), bound_of(row, 3)}};
  claimed_until_ = chunk_.range.until;
  cut_ = false;
  parents_.reset();
  writer_ = nullptr;
  applier_.reset();
  if (load().is_applied()) {
    put_counter_first();
    applier_ = std::make_unique<RowApplier>(connection_, ledger_, load(), run_);
  } else {
    writer_ = &writer();
    if (retries_) parents_.emplace(*connection_, load(), std::span<const Assignment>(), *writer_);
    writers_.pipe.begin(*writer_);
  }
  flushed_ = {};
  ordinal_ = 0;
  if (load().fans_out) connection_->execute("savepoint planrun_chunk");
  return true;
}

RowWriter& SqliteChunkTransaction::writer() {
  auto& writer = writers_.by_load[chunk_.load];
  if (writer) return *writer;
  put_counter_first();
  writer = std::make_unique<RowWriter>(connection_, load());
  return *writer;
}

// SQLite looks for the counter of a numbered table at every row that it writes, through the rows of
// sqlite_sequence from its first on: a row a table (https://www.sqlite.org/autoinc.html lets it be written).
void SqliteChunkTransaction::put_counter_first() {
  const TableSchema& table = *load().table;
  if (table.exists || counted_column(table) == nullptr) return;
  const std::string first = "(select coalesce(min(rowid), 1) - 1 from sqlite_sequence)";
  if (created_.erase(table.name) == 0) {
    Statement move(*connection_, "update sqlite_sequence set rowid = " + first + " where name = ?1");
    move.bind(1, std::string_view(table.name)).run();
    if (sqlite3_changes64(connection_->get()) > 0) return;
  }
  Statement add(*connection_, "insert into sqlite_sequence (rowid, name, seq) values (" + first + ", ?1, 0)");
  add.bind(1, std::string_view(table.name)).run();
}

}  // namespace

std::unique_ptr<ChunkTransaction> claim_chunk(TargetConnection& target, RowWriters& writers,
                                              const ClaimRequest& request, int worker) {
  if (writers.by_load.size() > kMostWriters) writers.by_load.clear();
  std::this_thread::sleep_for(kGapBetweenChunks);
  auto transaction = std::make_unique<SqliteChunkTransaction>(target, writers, request, worker);
  if (transaction->next()) return transaction;
  if (!request.create.empty()) transaction->commit();
  return nullptr;
}

}  // namespace planrun
