#include "postgres/chunk_transaction.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "postgres/apply.h"
#include "postgres/copy_encoder.h"
#include "postgres/stage.h"

namespace planrun {
namespace {

constexpr std::string_view kBeforeLine = "COPY planrun_stage, line ";

std::vector<TypeKind> kinds_of(const LoadTarget& load) {
  std::vector<TypeKind> kinds;
  for (const std::size_t i : load.columns) kinds.push_back(load.table->columns[i].type.kind);
  return kinds;
}

/// The row that a COPY into the stage stopped at; -1 when the context does not say.
std::int64_t row_of_context(std::string_view context) {
  // Other lines of the context have line numbers of their own: "JSON data, line 1: {".
  const auto at = context.find(kBeforeLine);
  if (at == std::string_view::npos) return -1;
  std::int64_t line = 0;
  std::from_chars(context.data() + at + kBeforeLine.size(), context.data() + context.size(), line);
  return line - 1;
}

class PostgresChunkTransaction : public ChunkTransaction {
 public:
  PostgresChunkTransaction(std::shared_ptr<PostgresContext> context,
                           std::shared_ptr<PostgresConnection> connection, const ClaimRequest& request,
                           int worker);
  ~PostgresChunkTransaction() override {
    if (open_) connection_->give_up();
  }

  bool begin(const ClaimRequest& request);

  const Chunk& chunk() const override { return chunk_; }
  void write(std::span<const Cell> row) override;
  Flushed flush() override;
  void stage() override;
  void reject(const Reject& reject) override;
  void cut(const Key& key) override;
  void finish(const ChunkResult& result) override;
  std::vector<GuardValue> guard_values() override {
    return planrun::guard_values(guards_before_, read_guards(*connection_, guards_));
  }
  bool next() override;
  Outcome commit() override;

 private:
  Result select_pending();
  bool claim_one();
  bool is_at_work();
  void begin_retry(const ClaimRequest& request);
  const LoadTarget& load() const;
  void open_stage();
  void start_copy();
  void check_copied(std::int64_t copied) const;
  [[noreturn]] void rethrow_refused_row(const Error& error);
  void expect_no_copy(const char* call) const;

  std::shared_ptr<PostgresContext> context_;
  std::shared_ptr<PostgresConnection> connection_;
  std::string run_;
  int worker_;
  std::vector<LoadTarget> loads_;
  std::string load_names_;  // text[] literal
  CopyBuffer buffer_;
  RejectWriter rejects_;
  bool open_ = true;  // the transaction is ours to end
  std::optional<JoinedUnder> joined_under_;
  std::vector<std::string> guards_;
  std::vector<std::string> guards_before_;

  Chunk chunk_;                       // as cut
  std::optional<Key> claimed_until_;  // its end as claimed
  bool cut_ = false;
  std::unique_ptr<RowEncoder> encoder_;         // while rows are being copied
  std::unique_ptr<Stage> stage_;                // after stage(), until the chunk is flushed
  std::int64_t given_ = 0;                      // rows given to write() since the claim or stage()
  std::int64_t sent_ = 0;                       // of them, those that went to the server
  std::map<std::int64_t, RowFailure> refused_;  // rows that even the stage's COPY would not take
};

PostgresChunkTransaction::PostgresChunkTransaction(std::shared_ptr<PostgresContext> context,
                                                   std::shared_ptr<PostgresConnection> connection,
                                                   const ClaimRequest& request, int worker)
    : context_(std::move(context)),
      connection_(std::move(connection)),
      run_(request.run),
      worker_(worker),
      loads_(request.loads),
      buffer_(*connection_),
      rejects_(*connection_, context_->ledger, buffer_),
      joined_under_(request.joined_under),
      guards_(request.guards) {
  std::vector<std::string> names;
  for (const auto& load : loads_) names.push_back(load.load);
  load_names_ = array_literal(names);
}

bool PostgresChunkTransaction::begin(const ClaimRequest& request) {
  // Rows that meet rows must all be seen as of one moment: who changes one meanwhile makes the chunk fail,
  // and it is tried again.
  const bool applied =
      std::any_of(loads_.begin(), loads_.end(), [](const LoadTarget& l) { return l.is_applied(); });
  connection_->exec(applied || !guards_.empty() ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN");
  hold_run(*connection_, context_->ledger, run_);
  for (const auto& work : request.create) do_work(*connection_, context_->ledger, work, worker_);
  if (!request.retried.empty()) begin_retry(request);
  guards_before_ = read_guards(*connection_, guards_);
  if (claim_one()) return true;
  open_ = false;
  commit_transaction(*connection_);
  return false;
}

void PostgresChunkTransaction::begin_retry(const ClaimRequest& request) {
  // Others wait for the rows' outcome, and so does a crash of the server. A deferred constraint would end the
  // COMMIT instead of refusing its row.
  connection_->exec("SET LOCAL synchronous_commit = on; SET CONSTRAINTS ALL IMMEDIATE");
  std::vector<std::string> ids;
  for (const std::int64_t id : request.retried) ids.push_back(std::to_string(id));
  const auto taken =
      connection_
          ->exec("DELETE FROM " + context_->ledger.reject + " WHERE run = $1 AND id = any($2::bigint[])",
                 {run_, array_literal(ids)})
          .affected();
  if (taken != static_cast<std::int64_t>(ids.size())) {
    throw Error(ErrorCode::refused, "rejects of load " + loads_.front().load + " are gone from the ledger");
  }
  connection_->exec("INSERT INTO " + context_->ledger.chunk +
                        " (run, load, kind, state) VALUES ($1, $2, 'correction', 'pending')",
                    {run_, loads_.front().load});
}

// Behind the chunk claimed before first: of thousands that share a transaction each would be looked for among
// all that are done.
Result PostgresChunkTransaction::select_pending() {
  for (std::int64_t behind = chunk_.id;; behind = 0) {
    Result r = connection_->exec(
        "SELECT id, load, range_from, range_until FROM " + context_->ledger.chunk +
            " WHERE run = $1 AND load = any($2::text[]) AND state = 'pending' AND id > $3 ORDER BY id LIMIT 1"
            " FOR UPDATE SKIP LOCKED",
        {run_, load_names_, std::to_string(behind)});
    if (r.rows() > 0 || behind == 0) return r;
  }
}

bool PostgresChunkTransaction::claim_one() {
  const Result r = select_pending();
  if (r.rows() == 0 || !is_at_work()) return false;
  chunk_ = {
      r.integer(0, 0), r.text(0, 1), {bound_from(r.optional_text(0, 2)), bound_from(r.optional_text(0, 3))}};
  claimed_until_ = chunk_.range.until;
  cut_ = false;
  stage_.reset();
  refused_.clear();
  given_ = sent_ = 0;
  // Errors of the rows go back to here: the claim stays.
  connection_->exec("SAVEPOINT planrun_chunk");
  if (load().is_applied()) open_stage();
  return true;
}

// Asked once the chunk's row is locked: who ends the run, or goes on with it under another plan, or at
// another moment of its sources, says so in the ledger first and waits for such rows then.
bool PostgresChunkTransaction::is_at_work() {
  if (!joined_under_) return true;
  return connection_
             ->exec("SELECT FROM " + context_->ledger.run +
                        " WHERE id = $1 AND state = 'running' AND fingerprint = $2 AND snapshots = $3",
                    {run_, joined_under_->fingerprint, joined_under_->snapshots})
             .rows() == 1;
}

const LoadTarget& PostgresChunkTransaction::load() const {
  const auto found =
      std::find_if(loads_.begin(), loads_.end(), [&](const LoadTarget& l) { return l.load == chunk_.load; });
  return *found;  // the claim asked for these loads only
}

void PostgresChunkTransaction::expect_no_copy(const char* call) const {
  if (encoder_ != nullptr) throw Error(ErrorCode::system, std::string(call) + "() of a chunk before flush()");
}

void PostgresChunkTransaction::start_copy() {
  const LoadTarget& target = load();
  std::vector<TypeKind> kinds = kinds_of(target);
  const bool as_text = needs_text(kinds);
  const std::string into = stage_ != nullptr
                               ? stage_->copy_target()
                               : context_->table(target.table->name) + " (" + column_list(target) + ")";
  connection_->start_copy_in("COPY " + into + " FROM STDIN (FORMAT " + (as_text ? "text" : "binary") + ")");
  encoder_ = as_text ? text_encoder(std::move(kinds), buffer_) : binary_encoder(std::move(kinds), buffer_);
  encoder_->begin();
}

void PostgresChunkTransaction::write(std::span<const Cell> row) {
  if (encoder_ == nullptr) start_copy();
  const std::int64_t ordinal = given_++;
  if (stage_ == nullptr) {
    encoder_->row(row, std::nullopt);
  } else {
    if (refused_.contains(ordinal)) return;
    encoder_->row(row, ordinal);
  }
  ++sent_;
}

void PostgresChunkTransaction::rethrow_refused_row(const Error& error) {
  if (!blames_a_row(error.sqlstate())) throw Error(error);
  if (stage_ != nullptr) {
    // The stage has no constraints: the server could not even read the value. It is left out the next time.
    std::int64_t ordinal = row_of_context(connection_->last_diagnosis().context);
    if (ordinal < 0) throw Error(error);
    for (const auto& [earlier, failure] : refused_) {
      if (earlier <= ordinal) ++ordinal;
    }
    if (!refused_.emplace(ordinal, failure_of(ordinal, *load().table, connection_->last_diagnosis())).second)
      throw Error(error);
  }
  throw Error(ErrorCode::row_violation, error.what(), error.hint()).with_sqlstate(error.sqlstate());
}

void PostgresChunkTransaction::check_copied(std::int64_t copied) const {
  if (copied == sent_) return;
  throw Error(ErrorCode::target,
              "table " + load().table->name + " kept " + std::to_string(copied) + " of the " +
                  std::to_string(sent_) + " rows that were sent by COPY",
              "a BEFORE INSERT trigger on the table probably drops rows: disable it for the run");
}

Flushed PostgresChunkTransaction::flush() {
  if (encoder_ != nullptr) {
    encoder_->end();
    encoder_.reset();
    try {
      check_copied(connection_->end_copy_in().affected());
    } catch (const Error& error) {
      rethrow_refused_row(error);
    }
  }
  if (stage_ == nullptr) return {};
  Flushed flushed;
  if (load().is_applied()) {
    flushed = Apply(*connection_, *context_, *stage_, load(), run_, chunk_.id).run(given_);
  } else {
    flushed.failures = stage_->move(given_, sent_);
  }
  stage_.reset();
  for (const auto& [ordinal, failure] : refused_) flushed.failures.push_back(failure);
  std::sort(flushed.failures.begin(), flushed.failures.end(),
            [](const RowFailure& a, const RowFailure& b) { return a.ordinal < b.ordinal; });
  return flushed;
}

void PostgresChunkTransaction::stage() {
  if (encoder_ != nullptr) {
    // Given up half way: the server's complaint about that is not of interest.
    encoder_.reset();
    buffer_.clear();
    connection_->abandon_copy_in();
  }
  connection_->exec("ROLLBACK TO SAVEPOINT planrun_chunk");
  const bool again = stage_ != nullptr;
  if (!again) refused_.clear();
  open_stage();
  given_ = sent_ = 0;
}

void PostgresChunkTransaction::open_stage() {
  stage_ = std::make_unique<Stage>(*connection_, context_->table(load().table->name), load());
  stage_->create();
}

void PostgresChunkTransaction::reject(const Reject& reject) {
  expect_no_copy("reject");
  rejects_.write(run_, chunk_.load, chunk_.id, reject);
}

void PostgresChunkTransaction::cut(const Key& key) {
  // Rows or rejects may be on their way on this connection: the ledger is told in finish().
  chunk_.range.until = key;
  cut_ = true;
}

void PostgresChunkTransaction::finish(const ChunkResult& result) {
  expect_no_copy("finish");
  rejects_.end();
  if (cut_) {
    Chunk rest{0, chunk_.load, {chunk_.range.until, claimed_until_}};
    insert_pending(*connection_, context_->ledger, run_, {&rest, 1});
  }
  const Balance& b = result.balance;
  const Result r = connection_->exec(
      "UPDATE " + context_->ledger.chunk +
          " SET state = 'done', range_until = $2, rows_read = $3, rows_written = $4, rows_rejected = $5,"
          " rows_dropped = $6, rows_merged = $7, rows_emitted = $8, rows_inserted = $9, rows_updated = $10,"
          " rows_unchanged = $11, rows_emitted_merged = $12, digest_rows = $13, digest_sum = $14,"
          " told_rows = $15, told_sum = $16, bytes = $17, seconds = $18, finished_at = $19, worker = $20"
          " WHERE id = $1",
      {std::to_string(chunk_.id),          bound_json(chunk_.range.until),
       std::to_string(b.rows_read),        std::to_string(b.rows_written),
       std::to_string(b.rows_rejected),    std::to_string(b.rows_dropped),
       std::to_string(b.rows_merged),      std::to_string(b.rows_emitted),
       std::to_string(b.rows_inserted),    std::to_string(b.rows_updated),
       std::to_string(b.rows_unchanged),   std::to_string(b.rows_emitted_merged),
       std::to_string(result.digest.rows), sums_to_text(result.digest),
       std::to_string(result.told.rows),   sums_to_text(result.told),
       std::to_string(result.bytes),       std::to_string(result.seconds),
       std::to_string(now_micros()),       std::to_string(worker_)});
  if (r.affected() != 1) {
    throw Error(ErrorCode::target, "chunk " + std::to_string(chunk_.id) + " is gone from the ledger");
  }
  connection_->exec("RELEASE SAVEPOINT planrun_chunk");
}

bool PostgresChunkTransaction::next() {
  return claim_one();
}

Outcome PostgresChunkTransaction::commit() {
  open_ = false;
  try {
    commit_transaction(*connection_);
  } catch (const Error& error) {
    if (error.in_doubt()) return Outcome::in_doubt;
    throw;
  }
  return Outcome::committed;
}

}  // namespace

std::vector<std::string> read_guards(PostgresConnection& connection, std::span<const std::string> guards) {
  std::vector<std::string> values;
  for (const auto& guard : guards) {
    const Result r = connection.exec(guard);
    if (r.rows() != 1 || r.columns() != 1)
      throw Error(ErrorCode::plan, "a guard must answer one value: " + guard);
    values.push_back(r.is_null(0, 0) ? "null" : r.text(0, 0));
  }
  return values;
}

std::unique_ptr<ChunkTransaction> claim_chunk(std::shared_ptr<PostgresContext> context,
                                              std::shared_ptr<PostgresConnection> connection,
                                              const ClaimRequest& request, int worker) {
  auto transaction =
      std::make_unique<PostgresChunkTransaction>(std::move(context), std::move(connection), request, worker);
  if (!transaction->begin(request)) return nullptr;
  return transaction;
}

}  // namespace planrun
