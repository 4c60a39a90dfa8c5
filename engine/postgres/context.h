// What all objects of one PostgreSQL target share.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "postgres/connection.h"
#include "postgres/ledger_tables.h"
#include "postgres/postgres.h"

namespace planrun {

/// A table that holds rows itself: an ordinary one, or a partition.
struct StoredTable {
  std::string table;  // qualified and quoted
  std::int64_t blocks = 0;
};

/// Of how many blocks a table was, in which partitions, when a view was first read: every part of it is cut
/// by the same numbers, whatever the table's size is by then. Any thread.
class BlockCounts {
 public:
  /// What is noted for the table in this view; `measured` is noted when there is nothing.
  std::vector<StoredTable> settle(const std::string& view, const std::string& table,
                                  std::vector<StoredTable> measured) {
    const std::lock_guard lock(mutex_);
    return extents_.try_emplace({view, table}, std::move(measured)).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::vector<StoredTable>> extents_;
};

/// Backends whose connection was lost: a new connection of the same name ends them first, so that what they
/// were committing is decided. Any thread.
class LostBackends {
 public:
  void add(const std::string& application_name, int pid) {
    const std::lock_guard lock(mutex_);
    lost_[application_name] = pid;
  }
  /// 0: none is known.
  int take(const std::string& application_name) {
    const std::lock_guard lock(mutex_);
    const auto found = lost_.find(application_name);
    if (found == lost_.end()) return 0;
    const int pid = found->second;
    lost_.erase(found);
    return pid;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> lost_;
};

struct PostgresContext {
  explicit PostgresContext(const PostgresOptions& o) : options(o), ledger(o.ledger_schema) {}
  PostgresOptions options;
  PostgresLedgerTables ledger;
  OwnBackends backends;
  BlockCounts blocks;
  LostBackends lost;

  ConnectionSettings settings(std::string application_name, bool synchronous_commit) {
    return {options.url,        options.shown_url, options.schema, std::move(application_name),
            synchronous_commit, &backends};
  }
  std::string table(const std::string& name) const { return qualified(options.schema, name); }
};

}  // namespace planrun
