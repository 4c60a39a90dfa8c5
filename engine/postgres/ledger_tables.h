// The ledger's tables in PostgreSQL, and the writes that other transactions than the ledger's own make in
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "data/reject.h"
#include "database/chunk.h"
#include "database/target.h"
#include "postgres/connection.h"
#include "postgres/copy_encoder.h"

namespace planrun {

/// Version 2: plan text, scripts, times and workers.
inline constexpr int kLedgerVersion = 4;

/// Qualified and quoted names.
struct PostgresLedgerTables {
  explicit PostgresLedgerTables(const std::string& schema);
  std::string schema_name;
  std::string version;
  std::string run;
  std::string step;
  std::string chunk;
  std::string reject;
  std::string undo;
  std::string check_result;
  std::string verification;
  std::string alert;
  std::string pause;
};

bool ledger_exists(PostgresConnection& connection, const PostgresLedgerTables& tables);
/// Throws Error(refused) when the ledger there has another version.
void require_ledger_version(PostgresConnection& connection, const PostgresLedgerTables& tables);
/// Makes what is absent, in one transaction; safe beside another process that does the same.
void create_ledger(PostgresConnection& connection, const PostgresLedgerTables& tables);

/// All below belong to the transaction that is open on `connection`.

/// Holds the run as it is until the transaction ends: a rollback waits for that. Throws Error(refused) where
/// one has begun, or has ended. First of all that the transaction does: its rows are seen as of then.
void hold_run(PostgresConnection& connection, const PostgresLedgerTables& tables, const std::string& run);
/// Waits for all who hold it, and lets nobody else until the transaction ends.
void hold_run_alone(PostgresConnection& connection, const PostgresLedgerTables& tables,
                    const std::string& run);
/// Whether the step is done; holds its row, so that of two connections one waits for the other.
bool lock_step(PostgresConnection& connection, const PostgresLedgerTables& tables, const std::string& run,
               const std::string& step);
/// State done, whatever `step` says; only its state, times and worker are written.
void mark_step_done(PostgresConnection& connection, const PostgresLedgerTables& tables,
                    const std::string& run, const StepRecord& step);
void insert_pending(PostgresConnection& connection, const PostgresLedgerTables& tables,
                    const std::string& run, std::span<const Chunk> chunks);
/// The step's statements, its ledger row and its pending chunks; nothing where it was done already.
void do_work(PostgresConnection& connection, const PostgresLedgerTables& tables, const StepWork& work,
             int worker);

std::optional<std::string> bound_json(const std::optional<Key>& bound);
std::optional<Key> bound_from(const std::optional<std::string>& json);

/// Rejects of one chunk, streamed by COPY as they come: the connection is busy from the first write() to
/// end().
class RejectWriter {
 public:
  RejectWriter(PostgresConnection& connection, const PostgresLedgerTables& tables, CopyBuffer& buffer);
  bool open() const { return open_; }
  void write(const std::string& run, const std::string& load, std::int64_t chunk, const Reject& reject);
  void end();

 private:
  PostgresConnection& connection_;
  std::string copy_;
  std::unique_ptr<RowEncoder> encoder_;
  bool open_ = false;
  std::int64_t count_ = 0;
};

}  // namespace planrun
