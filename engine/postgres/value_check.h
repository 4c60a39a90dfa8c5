// Values of types that we do not encode, as the server writes them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "postgres/connection.h"

namespace planrun {

/// The server's text of each value read as `type_sql`; absent where it refuses the value.
std::vector<std::optional<std::string>> canonical_texts(PostgresConnection& connection,
                                                        const std::string& type_sql,
                                                        std::span<const std::string> values);

}  // namespace planrun
