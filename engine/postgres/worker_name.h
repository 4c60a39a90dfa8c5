// The connections of a run's workers, told from those of strangers by their application_name.
#pragma once

#include <string>

#include "postgres/context.h"

namespace planrun {

/// "planrun RUN WORKER", at most 63 bytes.
std::string worker_name(const std::string& run, int worker);

/// Ends the backends of the run's workers that are not this process's, by their name.
void end_foreign_workers(PostgresConnection& connection, const PostgresContext& context,
                         const std::string& run);

/// Who, outside of this run, holds a lock on a table of the schema; empty: nobody.
std::string strangers_in_the_way(PostgresConnection& connection, const PostgresContext& context,
                                 const std::string& run);

}  // namespace planrun
