// What a PostgreSQL schema has beside its tables: views, triggers, functions, types and the like, each with
// the SQL that makes it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "database/inspector.h"
#include "postgres/connection.h"

namespace planrun {

struct SourceObjects {
  std::map<std::string, std::string> views;  // CREATE VIEW by name, materialized ones too
  std::vector<SourceTrigger> triggers;       // by table and name
  std::vector<SourceObject> others;          // in the order in which they can be made
};

/// What the schema's views ask, by name; materialized ones too.
std::map<std::string, std::string> read_view_queries(PostgresConnection& connection,
                                                     const std::string& schema);

/// All of them, materialized ones too, by name.
std::map<std::string, ViewDeclaration> read_view_declarations(PostgresConnection& connection,
                                                              const std::string& schema);

/// Extensions are the database's, all else the schema's; what an extension brought along is not told apart.
SourceObjects read_source_objects(PostgresConnection& connection, const std::string& schema);

}  // namespace planrun
