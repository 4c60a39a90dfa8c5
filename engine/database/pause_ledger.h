// Runs that somebody has asked to pause, kept in the target beside the ledger, where a run at work looks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace planrun {

struct PauseRecord {
  std::string run;
  std::string asked_by;       // "anna on db-host"
  std::int64_t asked_at = 0;  // Unix microseconds
  std::int64_t seen_at = 0;   // when the run's process saw it; 0: not yet
};

/// One connection of its own, one thread. Takes no lock of a run.
class PauseLedger {
 public:
  virtual ~PauseLedger() = default;
  /// None: the run may go on.
  virtual std::optional<PauseRecord> find(const std::string& run) = 0;
  /// Inserts or replaces it.
  virtual void write(const PauseRecord& pause) = 0;
  /// The run's process has seen it; nothing where it was removed meanwhile.
  virtual void mark_seen(const std::string& run, std::int64_t at) = 0;
  /// False: there was none.
  virtual bool remove(const std::string& run) = 0;
};

}  // namespace planrun
