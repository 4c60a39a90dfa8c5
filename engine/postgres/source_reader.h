// Rows of a PostgreSQL table or view by binary COPY TO, in the order of its key, as a source's cells.
#pragma once

#include <memory>

#include "postgres/moment.h"
#include "postgres/source_catalog.h"

namespace planrun {

/// What a reader needs beside its request; all of it outlives the reader.
struct SourceAccess {
  const ConnectionSettings& settings;
  MomentConnections& connections;
};

/// `limit`: at most so many rows; 0: all. Throws Error(source).
///
/// Cells: integers, real, double precision and boolean (0 or 1) as numbers; bytea as blob; numeric as its
/// decimal, NaN and infinities as real; text arrays of one dimension as JSON; all others as text, as the
/// server writes them in UTC and ISO.
std::unique_ptr<Reader> read_source(const SourceAccess& access, const PostgresTable& table,
                                    const ReadRequest& request, const Range& range, std::int64_t limit = 0);

/// Keys that cut the table into about `count` ranges of about as many rows, in their order; none where too
/// few rows are seen.
std::vector<Key> spread_keys(PostgresConnection& connection, const PostgresTable& table, std::int64_t count);

/// ONLY "schema"."table" AS "table": its own rows, as an expression names them.
std::string from_sql(const ConnectionSettings& settings, const PostgresTable& table);

}  // namespace planrun
