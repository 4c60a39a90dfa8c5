// How many connections a server accepts, and how many workers suit it.
#pragma once

#include "database/target.h"
#include "postgres/connection.h"

namespace planrun {

/// The nearest limit of server, database and role. A server does not tell its cores: max_parallel_workers is
/// what its administrator gives to the parallel work of all sessions.
WorkerRoom read_worker_room(PostgresConnection& connection);

}  // namespace planrun
