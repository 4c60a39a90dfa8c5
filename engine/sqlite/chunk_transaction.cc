#include "sqlite/chunk_transaction.h"

#include <algorithm>
#include <utility>

#include "sqlite/step_work.h"

namespace planrun {
namespace {

// There is no savepoint after the claim: SQLite undoes a refused row alone and names it, so nothing goes back
// to the claim.
class SqliteChunkTransaction : public ChunkTransaction {
 public:
  SqliteChunkTransaction(TargetConnection& target, Inserters& inserters, const ClaimRequest& request)
      : connection_(target.writing()),
        ledger_(target.ledger()),
        inserters_(inserters),
        run_(request.run),
        loads_(request.loads),
        transaction_(target.file(), connection_) {
    for (const auto& work : request.create) do_step_work(*connection_, ledger_, work);
  }

  const Chunk& chunk() const override { return chunk_; }
  void write(std::span<const Cell> row) override;

  std::vector<RowFailure> flush() override { return std::exchange(failures_, {}); }

  void stage() override {
    throw Error(ErrorCode::system, "SQLite names each row that it refuses: nothing is staged");
  }

  void reject(const Reject& reject) override {
    if (!rejects_) rejects_ = std::make_unique<Statement>(ledger_.prepare_reject(*connection_));
    SqliteLedgerTables::add_reject(*rejects_, run_, chunk_.id, chunk_.load, reject);
  }

  void cut(const Key& key) override;
  void finish(const ChunkResult& result) override { ledger_.finish_chunk(*connection_, chunk_.id, result); }
  bool next() override;

  Outcome commit() override {
    transaction_.commit();
    return Outcome::committed;
  }

 private:
  RowInserter& inserter();

  std::shared_ptr<SqliteConnection> connection_;
  const SqliteLedgerTables& ledger_;
  Inserters& inserters_;
  std::string run_;
  std::vector<LoadTarget> loads_;
  Chunk chunk_;
  RowInserter* inserter_ = nullptr;
  std::vector<RowFailure> failures_;
  std::int64_t ordinal_ = 0;
  WriteTransaction transaction_;
  std::unique_ptr<Statement> rejects_;
};

void SqliteChunkTransaction::write(std::span<const Cell> row) {
  RowFailure failure;
  failure.ordinal = ordinal_++;
  if (!inserter_->insert(row, failure)) failures_.push_back(std::move(failure));
}

void SqliteChunkTransaction::cut(const Key& key) {
  Chunk rest;
  rest.load = chunk_.load;
  rest.range = {key, chunk_.range.until};
  const std::string until = to_json(key);
  Statement row(*connection_, "update " + ledger_.chunk + " set range_until = ?2 where id = ?1");
  row.bind(1, chunk_.id).bind(2, std::string_view(until)).run();
  ledger_.add_pending(*connection_, run_, rest);
  chunk_.range.until = key;
}

bool SqliteChunkTransaction::next() {
  std::string list;
  for (std::size_t i = 0; i < loads_.size(); ++i) list += (i == 0 ? "?" : ", ?") + std::to_string(i + 2);
  Statement row(*connection_, "select id, load, range_from, range_until from " + ledger_.chunk +
                                  " where run = ?1 and state = 'pending' and load in (" + list +
                                  ") order by id limit 1");
  row.bind(1, std::string_view(run_));
  for (std::size_t i = 0; i < loads_.size(); ++i)
    row.bind(static_cast<int>(i) + 2, std::string_view(loads_[i].load));
  if (!row.step()) return false;
  chunk_ = {row.integer(0), row.text(1), {bound_of(row, 2), bound_of(row, 3)}};
  inserter_ = &inserter();
  failures_.clear();
  ordinal_ = 0;
  return true;
}

RowInserter& SqliteChunkTransaction::inserter() {
  auto& inserter = inserters_[chunk_.load];
  if (!inserter) {
    const auto load = std::ranges::find(loads_, chunk_.load, &LoadTarget::load);
    inserter = std::make_unique<RowInserter>(connection_, *load);
  }
  return *inserter;
}

}  // namespace

std::unique_ptr<ChunkTransaction> claim_chunk(TargetConnection& target, Inserters& inserters,
                                              const ClaimRequest& request) {
  auto transaction = std::make_unique<SqliteChunkTransaction>(target, inserters, request);
  if (transaction->next()) return transaction;
  if (!request.create.empty()) transaction->commit();
  return nullptr;
}

}  // namespace planrun
