#include "postgres/lock.h"

#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace planrun {
namespace {

// The backend of a process that was killed in the middle of work may live until its next word to the client.
constexpr auto kPatience = std::chrono::seconds(3);
constexpr auto kPause = std::chrono::milliseconds(100);

// A server has room for some thousands of locks, of all connections together: a plan of more tables than so
// many locks their schema instead.
constexpr std::size_t kMostLockedTables = 500;

struct Lock {
  std::int64_t key;
  std::string what;
  bool shared = false;
};

/// Names are separated by a byte that none of them holds.
std::int64_t lock_key(std::string_view kind, std::string_view schema, std::string_view name) {
  std::string text = "planrun";
  for (const auto part : {kind, schema, name}) {
    text += '\0';
    text += part;
  }
  return static_cast<std::int64_t>(xxh3_128(text).high);
}

std::int64_t plan_key(const PostgresContext& context, const std::string& plan) {
  return lock_key("plan", context.options.ledger_schema, plan);
}

bool try_lock(PostgresConnection& connection, const Lock& lock) {
  const std::string function = lock.shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock";
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    if (connection.exec("SELECT " + function + "($1)", {std::to_string(lock.key)}).truth(0, 0)) return true;
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kPause);
  }
}

/// Its pid and application_name; no row: nobody.
Result holder_of(PostgresConnection& connection, std::int64_t key) {
  return connection.exec(
      "SELECT l.pid::text, coalesce(a.application_name, '') FROM pg_locks l LEFT JOIN pg_stat_activity a ON "
      "a.pid = l.pid"
      " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
      " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
      " AND (l.classid::bigint << 32 | l.objid::bigint) = $1 LIMIT 1",
      {std::to_string(key)});
}

[[noreturn]] void refuse(PostgresConnection& connection, const PostgresContext& context, const Lock& lock,
                         const std::string& plan) {
  const Result holder = holder_of(connection, lock.key);
  std::string who = "another process";
  std::string hint = "wait for it to end";
  if (holder.rows() > 0) {
    const std::string name = holder.text(0, 1);
    who = (name.empty() ? "a connection" : "\"" + name + "\"") + " (pid " + holder.text(0, 0) + ")";
  }
  if (ledger_exists(connection, context.ledger)) {
    const Result run = connection.exec(
        "SELECT id, host, process FROM " + context.ledger.run +
            " WHERE plan = $1 AND state IN ('running', 'rolling_back') ORDER BY started_at DESC LIMIT 1",
        {plan});
    if (run.rows() > 0) {
      who += "; run " + run.text(0, 0) + " of this plan is under way on " + run.text(0, 1) + ", process " +
             run.text(0, 2);
      hint += ", or end that process";
      if (holder.rows() > 0)
        hint += "; where its machine is gone: select pg_terminate_backend(" + holder.text(0, 0) + ")";
    }
  }
  connection.exec("SELECT pg_advisory_unlock_all()");
  throw Error(ErrorCode::refused, lock.what + " is being worked on already by " + who, hint);
}

void refuse_unfinished(PostgresConnection& connection, const PostgresContext& context,
                       const std::string& plan, std::span<const std::string> tables) {
  if (!ledger_exists(connection, context.ledger)) return;
  const Result r = connection.exec(
      "SELECT r.plan, r.id, r.state, s.\"table\" FROM " + context.ledger.run + " r JOIN " +
          context.ledger.step +
          " s ON s.run = r.id WHERE r.plan <> $1 AND s.\"schema\" = $2 AND s.\"table\" = any($3::text[])"
          " AND r.state IN ('running', 'interrupted', 'failed', 'unproved', 'rolling_back') AND NOT EXISTS "
          "(SELECT FROM " +
          context.ledger.run +
          " later WHERE later.plan = r.plan AND later.started_at > r.started_at)"
          " ORDER BY r.started_at DESC LIMIT 1",
      {plan, context.options.schema, array_literal(tables)});
  if (r.rows() == 0) return;
  connection.exec("SELECT pg_advisory_unlock_all()");
  const std::string other = r.text(0, 0);
  throw Error(ErrorCode::refused,
              "table " + r.text(0, 3) + " belongs to run " + r.text(0, 1) + " of plan " + other +
                  ", which is " + r.text(0, 2),
              "run plan " + other + " to its end or roll it back first");
}

std::vector<Lock> locks_of(const PostgresContext& context, const std::string& plan,
                           std::span<const std::string> tables) {
  const std::string& schema = context.options.schema;
  const bool has_many = tables.size() > kMostLockedTables;
  std::vector<Lock> locks = {{plan_key(context, plan), "plan " + plan},
                             {lock_key("schema", schema, ""),
                              has_many ? "schema " + schema + ", of which plan " + plan + " has more than " +
                                             std::to_string(kMostLockedTables) + " tables,"
                                       : "schema " + schema,
                              !has_many}};
  if (has_many) return locks;
  for (const auto& table : tables)
    locks.push_back({lock_key("table", schema, table), "table " + schema + "." + table});
  return locks;
}

}  // namespace

void take_run_locks(PostgresConnection& connection, const PostgresContext& context, const std::string& plan,
                    std::span<const std::string> tables) {
  for (const auto& lock : locks_of(context, plan, tables)) {
    if (!try_lock(connection, lock)) refuse(connection, context, lock, plan);
  }
  refuse_unfinished(connection, context, plan, tables);
}

bool is_plan_locked(PostgresConnection& connection, const PostgresContext& context, const std::string& plan) {
  return holder_of(connection, plan_key(context, plan)).rows() > 0;
}

int take_free_number(PostgresConnection& connection, const PostgresContext& context, const std::string& run,
                     int from) {
  for (int number = from;; ++number) {
    const std::int64_t key =
        lock_key("number of " + run, context.options.ledger_schema, std::to_string(number));
    if (connection.exec("SELECT pg_try_advisory_lock($1)", {std::to_string(key)}).truth(0, 0)) return number;
  }
}

}  // namespace planrun
