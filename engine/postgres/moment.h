// A database as it stands at one moment, for any number of connections.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/connection.h"

namespace planrun {

/// Keeps a read-only transaction open whose snapshot others read (PostgreSQL manual, "Snapshot
/// Synchronization Functions"). It lasts as long as this object's own connection. Any thread.
class Moment {
 public:
  /// Throws Error(unreachable).
  explicit Moment(const ConnectionSettings& settings);

  /// A new connection, inside a transaction of this moment.
  std::unique_ptr<PostgresConnection> connect() const;
  /// Begins a transaction of this moment. Throws Error(interrupted) where the moment is over.
  void enter(PostgresConnection& connection) const;
  /// Keeps others from rewriting the table (VACUUM FULL, CLUSTER), so that its rows stay where they stand for
  /// as long as the moment lasts. False: somebody is about to; nothing waits for them.
  bool hold(const std::string& table) const;

 private:
  Error is_over() const;

  ConnectionSettings settings_;
  std::unique_ptr<PostgresConnection> keeper_;
  std::string id_;
  mutable std::mutex mutex_;
  mutable std::set<std::string> held_;
};

/// One thread's connections to a moment, used again: a reader has one for itself while it reads.
class MomentConnections {
 public:
  explicit MomentConnections(std::shared_ptr<const Moment> moment) : moment_(std::move(moment)) {}
  /// Inside a transaction of the moment, and of nobody else while the answer is held.
  std::shared_ptr<PostgresConnection> take();
  const Moment& moment() const { return *moment_; }

 private:
  std::shared_ptr<const Moment> moment_;
  std::vector<std::shared_ptr<PostgresConnection>> connections_;
};

/// What the server said, as an error of a source; what is of the connection stays as it is.
Error source_error(const Error& error, const ConnectionSettings& settings);

}  // namespace planrun
