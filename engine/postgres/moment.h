// A database as it stands at one moment, for any number of connections.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/source_catalog.h"

namespace planrun {

/// Keeps a read-only transaction open whose snapshot others read (PostgreSQL manual, "Snapshot
/// Synchronization Functions"), also other processes. It lasts as long as its keeper's connection. Any
/// thread.
class Moment {
 public:
  /// Throws Error(unreachable).
  explicit Moment(const ConnectionSettings& settings);
  /// The one that another process keeps under this id, for as long as that does. Throws Error(interrupted)
  /// where it is over.
  Moment(const ConnectionSettings& settings, std::string id);

  const std::string& id() const { return id_; }
  /// Read once: functions of the server see its catalogs as they are now, and fail on what is dropped by
  /// then.
  const std::vector<PostgresTable>& catalog() const;

  /// A new connection, inside a transaction of this moment.
  std::unique_ptr<PostgresConnection> connect() const;
  /// Begins a transaction of this moment. Throws Error(interrupted) where the moment is over.
  void enter(PostgresConnection& connection) const;
  /// A snapshot does not keep what DDL does: a table that was emptied, rewritten, renamed or lost a partition
  /// since reads as it is now (PostgreSQL manual, "Caveats" of concurrency control). Looks at all tables that
  /// the connection's transaction has opened, `query` too; they stay so until it ends. Throws
  /// Error(interrupted) naming one.
  void require_unchanged(PostgresConnection& connection, const std::string& query = {}) const;
  /// Keeps others from rewriting the table (VACUUM FULL, CLUSTER), so that its rows stay where they stand for
  /// as long as the moment lasts. False: somebody is about to; nothing waits for them.
  bool hold(const std::string& table) const;

 private:
  Error is_over() const;

  ConnectionSettings settings_;
  std::unique_ptr<PostgresConnection> keeper_;
  std::string id_;
  bool is_own_ = true;  // kept by this object
  mutable std::mutex mutex_;
  mutable std::set<std::string> held_;
  mutable std::optional<std::vector<PostgresTable>> catalog_;
};

/// One thread's connections to a moment, used again: a reader has one for itself while it reads.
class MomentConnections {
 public:
  explicit MomentConnections(std::shared_ptr<const Moment> moment) : moment_(std::move(moment)) {}
  /// Inside a transaction of the moment, and of nobody else while the answer is held; the transaction ends
  /// with it, and with that the locks on what it has read.
  std::shared_ptr<PostgresConnection> take();
  const Moment& moment() const { return *moment_; }

 private:
  struct Kept {
    std::shared_ptr<PostgresConnection> connection;
    std::weak_ptr<PostgresConnection> taken;
  };
  std::shared_ptr<const Moment> moment_;
  std::vector<Kept> connections_;
};

/// What the server said, as an error of a source; what is of the connection stays as it is.
/// Error(interrupted) where it stumbled over DDL of others.
Error source_error(const Error& error, const ConnectionSettings& settings);

}  // namespace planrun
