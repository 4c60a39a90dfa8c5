// One moment of a PostgreSQL database as a Source.
#pragma once

#include <memory>

#include "database/source.h"
#include "postgres/moment.h"
#include "postgres/postgres.h"
#include "postgres/sample.h"
#include "postgres/source_catalog.h"
#include "postgres/source_reader.h"

namespace planrun {

/// How a source's connections are made.
ConnectionSettings source_settings(const PostgresOptions& options);

/// `is_shared`: others read the same moment, so that ranges may be by block. `sample`: null, or the rows that
/// there are.
std::unique_ptr<Source> make_postgres_source(ConnectionSettings settings,
                                             const std::shared_ptr<const Moment>& moment, bool is_shared,
                                             std::shared_ptr<const PostgresSample> sample);

}  // namespace planrun
