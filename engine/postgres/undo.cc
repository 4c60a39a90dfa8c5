#include "postgres/undo.h"

#include <chrono>

#include "base/error.h"
#include "base/text.h"
#include "postgres/back_reader.h"
#include "postgres/later_objects.h"
#include "postgres/ledger_tables.h"
#include "postgres/take_back.h"
#include "postgres/worker_name.h"
#include "sql/quote.h"

namespace planrun {
namespace {

using Clock = std::chrono::steady_clock;

// A lock that is waited for makes everybody behind it wait too: it is asked for shortly, and again.
constexpr const char* kLockTimeout = "SET LOCAL lock_timeout = '3s'";
// How long strangers may hold a lock on the tables.
constexpr auto kWriterPatience = std::chrono::seconds(60);

class PostgresUndo : public UndoTransaction {
 public:
  PostgresUndo(std::shared_ptr<PostgresContext> context, std::shared_ptr<PostgresConnection> connection,
               std::string run, std::span<const std::string> tables)
      : context_(std::move(context)), connection_(std::move(connection)), run_(std::move(run)) {
    patiently([&] {
      transaction_.reset();
      transaction_ = std::make_unique<Transaction>(*connection_);
      connection_->exec(std::string("SET LOCAL synchronous_commit = on; ") + kLockTimeout);
      // Who works on a step or a chunk holds the run and its row: when these are ours, all of them have
      // decided.
      hold_run_alone(*connection_, context_->ledger, run_);
      connection_->exec(
          "SELECT FROM " + context_->ledger.step + " WHERE run = $1 AND state <> 'undone' FOR UPDATE",
          {run_});
      connection_->exec(
          "SELECT FROM " + context_->ledger.chunk + " WHERE run = $1 AND state = 'pending' FOR UPDATE",
          {run_});
      tables_ = there(tables);
      lock(tables_, "SHARE");
    });
  }

  std::vector<TableState> look(std::span<const TableSchema* const> tables,
                               std::span<const std::string> own) override {
    return find_later_objects(*connection_, *context_, tables, own);
  }

  std::vector<ObjectState> look_at(std::span<const SchemaObject* const> objects,
                                   std::span<const std::string> own) override {
    return find_later_of_objects(*connection_, *context_, objects, own);
  }

  std::vector<LaterWriter> later_writers(std::span<const TableSchema* const> tables) override {
    return find_later_writers(*connection_, *context_, run_, tables);
  }

  std::unique_ptr<BackReader> read_back(const ReadBack& request) override {
    BackQuery query = read_back_query(*context_, *connection_, request);
    // What cannot be read is told, and the transaction goes on.
    query.begin = "SAVEPOINT planrun_read";
    query.end = "RELEASE SAVEPOINT planrun_read";
    query.give_up = "ROLLBACK TO SAVEPOINT planrun_read; RELEASE SAVEPOINT planrun_read";
    return read_rows(connection_, query);
  }

  std::vector<ChangedRow> changed_rows(const TableSchema& table, std::size_t limit) override {
    const std::vector<std::string> found = there(std::vector{table.name});
    lock(found, "SHARE ROW EXCLUSIVE");
    if (found.empty()) return {};
    return find_changed_rows(*connection_, *context_, run_, table, CountedRows::written, limit);
  }
  std::int64_t take_back_rows(const TableSchema& table) override {
    return take_rows_back(*connection_, *context_, run_, table, after_commit_);
  }
  void undo(const std::string& step, std::span<const std::string> statements) override;
  void commit() override {
    transaction_->commit();
    for (const auto& statement : after_commit_) connection_->exec(statement);
  }

 private:
  template <typename Work>
  void patiently(Work&& work);
  /// Those of the tables that are there, qualified and quoted.
  std::vector<std::string> there(std::span<const std::string> tables);
  void lock(const std::vector<std::string>& tables, const std::string& mode);
  void lock_readers_out();

  std::shared_ptr<PostgresContext> context_;
  std::shared_ptr<PostgresConnection> connection_;
  std::string run_;
  std::vector<std::string> tables_;  // that the run has made
  bool readers_are_out_ = false;
  std::vector<std::string> after_commit_;
  std::unique_ptr<Transaction> transaction_;
};

template <typename Work>
void PostgresUndo::patiently(Work&& work) {
  const auto start = Clock::now();
  for (int attempt = 0;; ++attempt) {
    try {
      work();
      return;
    } catch (const Error& error) {
      if (error.sqlstate() != "55P03" && error.sqlstate() != "40P01") throw;
      if (Clock::now() - start > kWriterPatience) {
        PostgresConnection asking(context_->settings("planrun rollback", true));
        const std::string strangers = strangers_in_the_way(asking, *context_, run_);
        throw Error(ErrorCode::target,
                    "the tables of run " + run_ + " are locked by " +
                        (strangers.empty() ? "a connection that does not end" : strangers),
                    "end that connection's transaction, then run the same command again");
      }
      PostgresConnection ending(context_->settings("planrun rollback", true));
      end_foreign_workers(ending, *context_, run_);
    }
    wait_before_retry(attempt);
  }
}

std::vector<std::string> PostgresUndo::there(std::span<const std::string> tables) {
  std::vector<std::string> names;
  for (const auto& table : tables) names.push_back(context_->table(table));
  const Result r = connection_->exec(
      "SELECT place - 1 FROM unnest($1::text[]) WITH ORDINALITY AS n(name, place)"
      " JOIN pg_class c ON c.oid = to_regclass(name) WHERE c.relkind IN ('r', 'p') ORDER BY place",
      {array_literal(names)});
  std::vector<std::string> found;
  for (int i = 0; i < r.rows(); ++i) found.push_back(names[static_cast<std::size_t>(r.integer(i, 0))]);
  return found;
}

void PostgresUndo::lock(const std::vector<std::string>& tables, const std::string& mode) {
  if (!tables.empty()) connection_->exec("LOCK TABLE " + join(tables, ", ") + " IN " + mode + " MODE");
}

/// Who only reads holds up a drop: waited for without giving up what has been read and found so far.
void PostgresUndo::lock_readers_out() {
  if (readers_are_out_) return;
  patiently([&] {
    connection_->exec("SAVEPOINT readers");
    try {
      lock(tables_, "ACCESS EXCLUSIVE");
    } catch (const Error&) {
      if (!connection_->broken()) connection_->exec("ROLLBACK TO SAVEPOINT readers");
      throw;
    }
    connection_->exec("RELEASE SAVEPOINT readers");
  });
  readers_are_out_ = true;
}

void PostgresUndo::undo(const std::string& step, std::span<const std::string> statements) {
  if (!statements.empty()) {
    lock_readers_out();
    connection_->exec("SAVEPOINT planrun_undo");
    try {
      for (const auto& statement : statements) connection_->exec(statement);
    } catch (const Error&) {
      if (!connection_->broken()) connection_->exec("ROLLBACK TO SAVEPOINT planrun_undo");
      throw;
    }
    connection_->exec("RELEASE SAVEPOINT planrun_undo");
  }
  const auto marked = connection_
                          ->exec("UPDATE " + context_->ledger.step +
                                     " SET state = 'undone' WHERE run = $1 AND id = $2 AND state = 'done'",
                                 {run_, step})
                          .affected();
  if (marked != 1) throw Error(ErrorCode::system, "step " + step + " of run " + run_ + " is not done");
}

}  // namespace

std::unique_ptr<UndoTransaction> begin_undo(std::shared_ptr<PostgresContext> context,
                                            std::shared_ptr<PostgresConnection> connection,
                                            const std::string& run, std::span<const std::string> tables) {
  return std::make_unique<PostgresUndo>(std::move(context), std::move(connection), run, tables);
}

}  // namespace planrun
