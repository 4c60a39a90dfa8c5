// What has been verified since a run, and which alerts are raised, kept in the target beside the ledger.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "database/ledger.h"

namespace planrun {

enum class VerificationVerdict {
  passed,       // all rows were read on both sides and are equal, and no critical check failed
  differences,  // rows differ, or a critical check failed
  not_done,     // it could not be done: no run to verify, a source that is gone, a lost connection
  interrupted,  // stopped on request: says nothing
};
std::string_view to_string(VerificationVerdict verdict);
VerificationVerdict verification_verdict_from(std::string_view text);

struct VerificationRecord {
  std::int64_t id = 0;
  std::string plan;
  std::string run;              // empty: there was none to verify
  std::int64_t started_at = 0;  // Unix microseconds
  std::int64_t finished_at = 0;
  std::string source;  // "snapshot" or "live": what the target was compared with
  VerificationVerdict verdict = VerificationVerdict::not_done;
  std::int64_t rows_read = 0;    // of the target
  std::int64_t differences = 0;  // keys that differ
  std::int64_t checks_failed = 0;
  std::string message;  // why it did not pass, in a line
  std::string summary;  // JSON
  std::string host;
};

/// An alert as it was told last. There is none for one that was never raised.
struct AlertRecord {
  std::string name;
  bool raised = false;
  std::int64_t changed_at = 0;  // Unix microseconds, when it was raised or cleared
  bool sent = false;            // false: sending failed, and is tried again
  std::string message;          // what was told
  std::string failure;          // why it could not be sent; empty: it was
};

/// One connection of its own, one thread. Takes no lock of a run: verifications write side by side. Reading
/// calls find nothing where nothing was ever written.
class WatchLedger {
 public:
  virtual ~WatchLedger() = default;
  /// Newest first; all of them where `limit` is negative.
  virtual std::vector<VerificationRecord> verifications(const std::string& plan, std::int64_t limit) = 0;
  /// The verification and what its checks found, in one transaction. Returns its id.
  virtual std::int64_t write_verification(const VerificationRecord& verification,
                                          std::span<const CheckRecord> checks) = 0;
  /// Of one verification, in the order in which they were asked.
  virtual std::vector<CheckRecord> checks(std::int64_t verification) = 0;
  virtual std::vector<AlertRecord> alerts(const std::string& plan) = 0;
  /// Inserts or replaces it.
  virtual void write_alert(const std::string& plan, const AlertRecord& alert) = 0;
};

}  // namespace planrun
