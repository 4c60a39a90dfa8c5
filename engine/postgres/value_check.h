// Values of types that we do not encode, as the server writes them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "postgres/connection.h"

namespace planrun {

/// The server's text of each value read as `type_sql`; absent where it refuses the value,
/// or would take another one for it: rounded to the type's precision, cut to its length. Of a type that is
/// not there (a SQL step of the plan makes it) the values as they are: they are asked for again when they
/// are loaded.
std::vector<std::optional<std::string>> canonical_texts(PostgresConnection& connection,
                                                        const std::string& type_sql,
                                                        std::span<const std::string> values);

}  // namespace planrun
