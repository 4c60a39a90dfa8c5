// The rows that stand in the way of a key, a unique index or a foreign key.
#pragma once

#include <span>

#include "postgres/back_reader.h"

namespace planrun {

BackQuery violation_query(const PostgresContext& context, PostgresConnection& connection,
                          const Violation& violation, std::span<const std::size_t> columns);

}  // namespace planrun
