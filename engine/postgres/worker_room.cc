#include "postgres/worker_room.h"

#include <algorithm>
#include <cstdint>

namespace planrun {
namespace {

// Others' sessions hide what they are from ordinary users, but not that they are. Those that a superuser or a
// maintainer keeps for himself are no room.
constexpr const char* kRoom = R"(
SELECT bound, most - taken FROM (
  SELECT 'max_connections is ' || most || ', ' || reserved || ' of them reserved, ' || taken || ' taken' AS bound,
         most - reserved AS most, taken
    FROM (SELECT current_setting('max_connections')::int AS most,
                 CASE WHEN r.rolsuper THEN 0 ELSE current_setting('superuser_reserved_connections')::int +
                   coalesce(current_setting('reserved_connections', true)::int, 0) END AS reserved,
                 (SELECT count(*)::int FROM pg_stat_activity WHERE usesysid IS NOT NULL AND pid <> pg_backend_pid())
                   AS taken
            FROM pg_roles r WHERE r.rolname = current_user) server
  UNION ALL
  SELECT 'role ' || current_user || ' may have ' || r.rolconnlimit || ', ' || c.taken || ' taken', r.rolconnlimit, c.taken
    FROM pg_roles r, (SELECT count(*)::int AS taken FROM pg_stat_activity a
                       WHERE a.usename = current_user AND pid <> pg_backend_pid()) c
   WHERE r.rolname = current_user AND r.rolconnlimit >= 0 AND NOT r.rolsuper
  UNION ALL
  SELECT 'database ' || d.datname || ' may have ' || d.datconnlimit || ', ' || c.taken || ' taken', d.datconnlimit, c.taken
    FROM pg_database d, (SELECT count(*)::int AS taken FROM pg_stat_activity a
                          WHERE a.datname = current_database() AND pid <> pg_backend_pid()) c, pg_roles r
   WHERE d.datname = current_database() AND d.datconnlimit >= 0 AND r.rolname = current_user AND NOT r.rolsuper) limits
 ORDER BY 2 LIMIT 1)";

}  // namespace

WorkerRoom read_worker_room(PostgresConnection& connection) {
  const Result limit = connection.exec(kRoom);
  const Result parallel = connection.exec("SELECT current_setting('max_parallel_workers')::int");
  WorkerRoom room;
  room.bound = limit.text(0, 0);
  room.connections = static_cast<int>(std::max<std::int64_t>(limit.integer(0, 1), 0));
  room.suggested = static_cast<int>(parallel.integer(0, 0));
  return room;
}

}  // namespace planrun
