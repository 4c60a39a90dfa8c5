// The one exception type. Thrown when a step cannot go on; expected outcomes (diagnostics, rejects,
// check results) are values. Callers add the step, table and key on the way up with `within()`.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace planrun {

enum class ErrorCode {
  usage,          // the command line cannot be carried out
  plan,           // the plan is wrong
  source,         // a source cannot be opened or read
  target,         // the target refused a statement or holds what it must not
  row_violation,  // the target refused some row of a chunk; which one is not known yet
  unreachable,    // no connection to a database could be made
  connection,     // the connection to a database is gone
  refused,        // a promise would be broken: a second run, a changed snapshot, a changed plan
  rejected,       // a row was rejected and the plan says `on_reject = "stop"`, or max_rejects was passed
  unproved,       // balance, digest, guard or a critical check failed
  interrupted,    // Ctrl-C or SIGTERM: the run can go on
  system,         // files, memory, disk
};

class Error : public std::runtime_error {
 public:
  explicit Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  ErrorCode code() const { return code_; }
  /// What to do next; empty where the message says it all.
  const std::string& hint() const { return hint_; }
  /// SQLSTATE of the server, empty elsewhere.
  const std::string& sqlstate() const { return sqlstate_; }
  /// The same work may pass when it is done again in a new transaction or connection.
  bool retryable() const { return retryable_; }
  /// The connection was lost inside COMMIT: the transaction may be in or not.
  bool in_doubt() const { return in_doubt_; }

  Error with_sqlstate(std::string state) && {
    sqlstate_ = std::move(state);
    return std::move(*this);
  }
  Error as_retryable() && {
    retryable_ = true;
    return std::move(*this);
  }
  Error as_in_doubt() && {
    retryable_ = in_doubt_ = true;
    return std::move(*this);
  }
  /// The same error with "PLACE: " before its message.
  Error within(std::string_view place) const {
    Error e(code_, std::string(place) + ": " + what(), hint_);
    e.sqlstate_ = sqlstate_;
    e.retryable_ = retryable_;
    e.in_doubt_ = in_doubt_;
    return e;
  }

 private:
  ErrorCode code_;
  std::string hint_;
  std::string sqlstate_;
  bool retryable_ = false;
  bool in_doubt_ = false;
};

}  // namespace planrun
