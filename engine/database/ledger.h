// What has been done, kept in the target itself so that it commits together with the rows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "database/chunk.h"

namespace planrun {

enum class RunState {
  running,       // begun, not ended; also what a killed run looks like
  interrupted,   // stopped on request; can go on
  failed,        // stopped by an error; can go on
  passed,        // proved
  unproved,      // all rows are in, but a critical check, guard, balance or digest failed
  rolling_back,  // being taken back: `planrun rollback` goes on with it, nothing else does
  rolled_back,   // what it made is gone, as the target's catalog said
};
std::string_view to_string(RunState state);
RunState run_state_from(std::string_view text);

struct RunRecord {
  std::string id;  // "20261120T231500Z-3f2a"
  std::string plan;
  RunState state = RunState::running;
  std::string fingerprint;
  std::string resolved_plan;  // JSON
  std::string snapshots;      // JSON: source -> {file, bytes, sha256, state}
  std::string plan_text;      // the plan file's bytes; variables in it are not filled in
  std::string scripts;        // JSON: file -> {sha256, text}, the Lua and check files that the plan uses
  std::string summary;        // JSON, what the end of the run showed; empty until then
  std::string program_version;
  std::string host;
  std::int64_t process = 0;
  std::int64_t started_at = 0;  // Unix microseconds
  std::int64_t updated_at = 0;
  std::int64_t finished_at = 0;  // 0: not ended
};

enum class StepState {
  pending,
  running,
  done,    // what it makes is in the target
  failed,  // nothing of it is in the target but the chunks of a load
  undone,  // was done, and has been taken back
};
std::string_view to_string(StepState state);
StepState step_state_from(std::string_view text);

struct StepRecord {
  std::string id;  // "index shipped_items idx_shipped_items_sku"
  std::string kind;
  std::string table;
  StepState state = StepState::pending;
  double seconds = 0;
  std::string detail;                // error, or what was measured
  std::int64_t started_at = 0;       // Unix microseconds, of the last time that it was begun; 0: not begun
  int worker = 0;                    // who ended it, from 1; 0: none did
  std::vector<std::string> needs{};  // ids of the steps that must be done before
};

struct CheckRecord {
  std::string name;
  std::string severity;  // critical, warning, info
  std::string status;    // passed, warning, failed, error
  std::string expected;
  std::string found;
  std::string message;
  std::int64_t checked_at = 0;
};

struct RejectRecord {
  std::int64_t id = 0;
  std::string load;
  Reject reject;
};

/// One connection of its own, one thread. Writing calls commit before they return; after a lost connection
/// they connect again, and fail with Error(refused) if somebody else has taken the lock meanwhile.
class Ledger {
 public:
  virtual ~Ledger() = default;
  /// Takes the run's locks: the plan's, and one for each table. Throws Error(refused) naming who holds it, or
  /// an unfinished run of another plan on one of the tables. Held until this object goes.
  virtual void lock(const std::string& plan, std::span<const std::string> tables) = 0;
  /// Whether a process holds the plan's lock.
  virtual bool is_locked(const std::string& plan) = 0;
  /// The first number from `from` on that no other process at the run has. Held until this object goes.
  virtual int take_number(const std::string& run, int from) = 0;
  /// Runs of a plan, newest first; of every plan where none is named.
  virtual std::vector<RunRecord> runs(const std::string& plan) = 0;
  /// Inserts or replaces the run, and inserts the steps that are not there yet (as pending). What a step
  /// that is not done needs is replaced.
  virtual void write_run(const RunRecord& run, std::span<const StepRecord> steps) = 0;
  /// All of them but `needs`, in one transaction.
  virtual void write_steps(const std::string& run, std::span<const StepRecord> steps) = 0;
  void write_step(const std::string& run, const StepRecord& step) { write_steps(run, {&step, 1}); }
  virtual std::vector<StepRecord> steps(const std::string& run) = 0;
  /// In the order of their ids. Corrections (chunks that took rows out again) are among the done ones.
  virtual std::vector<ChunkRecord> chunks(const std::string& run) = 0;
  /// All of them in one transaction. Written twice, a result of one name and time is still one.
  virtual void write_checks(const std::string& run, std::span<const CheckRecord> checks) = 0;
  virtual std::vector<CheckRecord> checks(const std::string& run) = 0;
  /// Source rows that the run kept out, in the order of their ids; all of them where `limit` is negative.
  virtual std::vector<RejectRecord> kept_out(const std::string& run, RejectKind kind, std::int64_t limit) = 0;
  std::vector<RejectRecord> rejects(const std::string& run, std::int64_t limit) {
    return kept_out(run, RejectKind::rejected, limit);
  }
};

}  // namespace planrun
