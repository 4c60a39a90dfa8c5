// A rehearsal's rows of a PostgreSQL source: nothing is copied, the keys of the rows are. The tables are then
// read as if they held no others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "postgres/source_catalog.h"

namespace planrun {

/// The rows of each table, by its name; a table that is not named has none.
using PostgresSample = std::map<std::string, TableRows>;

std::string to_json(const std::vector<TableRows>& rows);
/// Throws Error(source) naming `file` where that is no such text.
PostgresSample sample_from_json(const std::string& json, const std::string& file);

/// The table with the rows of the sample alone. Rows of one without a key are known by their place, from 1,
/// in the order in which it is read as a whole, and that is its key then.
PostgresTable sampled(PostgresTable table, const PostgresSample& sample, const ConnectionSettings& settings);

/// `query` where each table that it names, itself or through views, is the sampled one; `views` are
/// their queries. Throws Error(source) where it names one with its schema: that is another table.
std::string sampled_query(const std::string& query, const std::vector<PostgresTable>& tables,
                          const std::map<std::string, std::string>& views,
                          const ConnectionSettings& settings);

}  // namespace planrun
