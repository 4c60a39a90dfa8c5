#include "postgres/worker_name.h"

#include "sql/quote.h"

namespace planrun {
namespace {

// A run's id in application_name, so that the worker still fits its 63 bytes.
constexpr std::size_t kLongestRun = 45;

/// What the names of all workers of a run begin with.
std::string name_prefix(const std::string& run) {
  return "planrun " + run.substr(0, kLongestRun) + " ";
}

}  // namespace

std::string worker_name(const std::string& run, int worker) {
  return name_prefix(run) + std::to_string(worker);
}

void end_foreign_workers(PostgresConnection& connection, const PostgresContext& context,
                         const std::string& run) {
  // A process that helps another one has its name, and ends with it.
  connection.exec(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
      " AND leader_pid IS NULL AND usename = current_user AND left(application_name, length($1)) = $1 AND "
      "pid <> ALL ($2::int[])",
      {name_prefix(run), array_literal(context.backends.pids())});
}

std::string strangers_in_the_way(PostgresConnection& connection, const PostgresContext& context,
                                 const std::string& run) {
  const Result r = connection.exec(
      "SELECT string_agg(DISTINCT format('%s (pid %s)', coalesce(nullif(a.application_name, ''), 'a "
      "connection'),"
      " a.pid), ', ') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_class c ON c.oid = "
      "l.relation"
      " WHERE l.granted AND c.relnamespace = to_regnamespace($1) AND l.database ="
      " (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.pid <> ALL ($2::int[])"
      " AND left(coalesce(a.application_name, ''), length($3)) <> $3",
      {quote_name(context.options.schema), array_literal(context.backends.pids()), name_prefix(run)});
  return r.text(0, 0);
}

}  // namespace planrun
