// PostgreSQL (13 and later) as a source and as a target: the only folder that knows libpq.
#pragma once

#include <memory>
#include <string>

#include "database/inspector.h"
#include "database/source.h"
#include "database/target.h"

namespace planrun {

struct PostgresOptions {
  /// postgresql://..., or "postgresql:" and libpq's keyword=value text (empty: libpq's variables, service
  /// file, .pgpass).
  std::string url;
  std::string shown_url;      // the same for people: without a password
  std::string schema;         // where the plan's tables are; must be there already
  std::string ledger_schema;  // of a target: where the ledger is; made when absent
};

/// Connects to nothing yet: every connection is made on demand.
std::unique_ptr<TargetDatabase> open_postgres_target(const PostgresOptions& options);

/// Connects to nothing yet. Only reads, in read-only transactions, and takes no lock beyond ACCESS SHARE.
std::unique_ptr<SourceDatabase> open_postgres_source(const PostgresOptions& options);

/// The schema as it stands now, to be looked into: connects at once, and all that is asked is of one moment.
std::unique_ptr<Inspector> open_postgres_inspector(const PostgresOptions& options);

}  // namespace planrun
