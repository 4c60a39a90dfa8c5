// One connection to a PostgreSQL target, and the few more that it needs beside.
#pragma once

#include <memory>
#include <string>

#include "database/target.h"
#include "postgres/context.h"

namespace planrun {

std::unique_ptr<Target> connect_target(std::shared_ptr<PostgresContext> context, const std::string& run,
                                       int worker);

}  // namespace planrun
