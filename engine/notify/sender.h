// Tells an alert to the world: a program, a web address, a file with a mail.
#pragma once

#include <memory>
#include <string>

#include "run/alerts.h"

namespace planrun {

struct SenderOptions {
  int timeout_seconds = 30;      // of a program, and of a post
  std::filesystem::path folder;  // of the plan: where a program's relative path starts
  std::string host;              // for a mail's sender
};

/// One thread. A failure is a text, never an exception: the alert is told again at the next verification.
class AlertSender {
 public:
  virtual ~AlertSender() = default;
  /// Goes all of the alert's ways; empty: each was gone. No url is in the answer.
  virtual std::string send(const AlertNews& news, const VerifySummary& summary) = 0;
};
std::unique_ptr<AlertSender> make_alert_sender(const SenderOptions& options);

}  // namespace planrun
