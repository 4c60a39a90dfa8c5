#include "postgres/moment.h"

#include <algorithm>

#include "base/text.h"
#include "sql/quote.h"

namespace planrun {
namespace {

constexpr const char* kReadAnew =
    "run the same command again: it reads the source anew, and goes on where all that is loaded still "
    "stands there as it was";

// What this transaction has opened and is not what it was at its snapshot. Catalogs that SQL reads are as of
// the snapshot, those that functions read are of now; what is opened is locked, and changes no more. A
// partition made since holds no row of the snapshot.
constexpr const char* kChangedSince = R"(
    WITH RECURSIVE opened AS (
      SELECT DISTINCT relation AS oid FROM pg_locks
      WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation >= 16384
    ), partition (root, oid) AS (
      SELECT o.oid, i.inhrelid FROM opened o
        JOIN pg_class c ON c.oid = o.oid AND c.relkind = 'p' JOIN pg_inherits i ON i.inhparent = o.oid
        WHERE to_jsonb(i) ->> 'inhdetachpending' IS DISTINCT FROM 'true'
      UNION SELECT p.root, i.inhrelid FROM partition p JOIN pg_inherits i ON i.inhparent = p.oid
        WHERE to_jsonb(i) ->> 'inhdetachpending' IS DISTINCT FROM 'true'
    ), judged AS (
      SELECT coalesce(c.relname, o.oid::regclass::text) AS name,
        CASE
          WHEN c.oid IS NULL THEN
            CASE WHEN pg_get_indexdef(o.oid) IS NULL AND o.oid::regclass::text NOT LIKE 'pg_toast.%'
                AND coalesce(pg_partition_root(o.oid), o.oid) = o.oid
              THEN 'has been made' END
          WHEN c.relkind NOT IN ('r', 'm', 'p', 'v', 'f') THEN NULL
          WHEN to_regclass(format('%I.%I', n.nspname, c.relname)) IS DISTINCT FROM c.oid::regclass
            THEN 'has been renamed'
          WHEN c.relkind IN ('r', 'm') AND pg_relation_filenode(c.oid) IS DISTINCT FROM c.relfilenode
            THEN 'has been emptied or rewritten'
          WHEN c.relkind = 'p' AND EXISTS (
              (SELECT p.oid FROM partition p WHERE p.root = c.oid)
              EXCEPT SELECT t.relid FROM pg_partition_tree(c.oid) t)
            THEN 'has lost a partition'
          WHEN c.relkind = 'p' AND EXISTS (
              SELECT t.relid FROM pg_partition_tree(c.oid) t JOIN pg_class k ON k.oid = t.relid
                WHERE t.relid <> c.oid
              EXCEPT (SELECT p.oid FROM partition p WHERE p.root = c.oid))
            THEN 'has been given a partition'
          WHEN EXISTS (
              SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND CASE WHEN has_column_privilege(c.oid, a.attnum, 'SELECT') IS NULL THEN true
                  ELSE (pg_identify_object('pg_class'::regclass, c.oid, a.attnum)).identity
                    IS DISTINCT FROM format('%I.%I.%I', n.nspname, c.relname, a.attname) END)
            THEN 'has lost or renamed a column'
        END AS change
      FROM opened o LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace) ON c.oid = o.oid
    )
    SELECT name, change FROM judged WHERE change IS NOT NULL ORDER BY name LIMIT 1)";

/// An internal error, of a function that looks at what is not there any more.
bool is_of_ddl(const Error& error) {
  const std::string_view words = error.what();
  return error.sqlstate() == "XX000" && (words.find("cache lookup failed") != std::string_view::npos ||
                                         words.find("could not open relation") != std::string_view::npos);
}

// A table is read in the same order each time, from its beginning, and an order made below stays: rows of a
// table without a key are known by their place.
constexpr const char* kSettings =
    "SET synchronize_seqscans = off; SET max_parallel_workers_per_gather = 0; "
    "SET default_transaction_read_only = on; SET plan_cache_mode = force_generic_plan; PREPARE changed_since "
    "AS ";

std::unique_ptr<PostgresConnection> open(const ConnectionSettings& settings) {
  auto connection = std::make_unique<PostgresConnection>(settings);
  connection->exec(std::string(kSettings) + kChangedSince);
  return connection;
}

}  // namespace

Moment::Moment(const ConnectionSettings& settings) : settings_(settings), keeper_(open(settings)) {
  keeper_->exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  id_ = keeper_->exec("SELECT pg_export_snapshot()").text(0, 0);
}

Moment::Moment(const ConnectionSettings& settings, std::string id)
    : settings_(settings), keeper_(open(settings)), id_(std::move(id)), is_own_(false) {
  enter(*keeper_);
}

std::unique_ptr<PostgresConnection> Moment::connect() const {
  auto connection = open(settings_);
  enter(*connection);
  return connection;
}

Error Moment::is_over() const {
  if (!is_own_)
    return Error(
        ErrorCode::interrupted,
        settings_.shown_url + ": the run's own process does not keep the source as it stood any more",
        "planrun PLAN goes on with the run, and this process may join it again then");
  return Error(ErrorCode::interrupted,
               settings_.shown_url + ": the connection that kept the source as it stood is gone", kReadAnew);
}

void Moment::enter(PostgresConnection& connection) const {
  try {
    connection.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT " +
                    quote_literal(id_));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection) throw;
    throw is_over();
  }
}

const std::vector<PostgresTable>& Moment::catalog() const {
  const std::lock_guard lock(mutex_);
  if (!catalog_) {
    try {
      catalog_ = read_source_catalog(*keeper_, settings_.schema);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::connection) throw is_over();
      throw source_error(error, settings_);
    }
  }
  return *catalog_;
}

void Moment::require_unchanged(PostgresConnection& connection, const std::string& query) const {
  const Result changed = connection.exec((query.empty() ? "" : query + ";") + "EXECUTE changed_since");
  if (changed.rows() == 0) return;
  throw Error(ErrorCode::interrupted,
              settings_.shown_url + ": table " + quote_for_message(changed.view(0, 0)) + " " +
                  changed.text(0, 1) +
                  " since the moment at which the source is read: its rows of then cannot be told any more",
              kReadAnew);
}

// A lock that is waited for could end in a deadlock, and with it the moment.
bool Moment::hold(const std::string& table) const {
  const std::lock_guard lock(mutex_);
  if (held_.contains(table)) return true;
  constexpr std::string_view kLockNotAvailable = "55P03";
  try {
    keeper_->exec("SAVEPOINT hold");
    keeper_->exec("LOCK TABLE ONLY " + qualified(settings_.schema, table) + " IN ACCESS SHARE MODE NOWAIT");
    keeper_->exec("RELEASE SAVEPOINT hold");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection) throw is_over();
    keeper_->exec("ROLLBACK TO SAVEPOINT hold");
    if (error.sqlstate() != kLockNotAvailable) throw source_error(error, settings_);
    return false;
  }
  held_.insert(table);
  return true;
}

std::shared_ptr<PostgresConnection> MomentConnections::take() {
  std::erase_if(connections_, [](const Kept& kept) { return kept.connection->broken(); });
  auto kept = std::ranges::find_if(connections_, [](const Kept& one) { return one.taken.expired(); });
  if (kept != connections_.end()) {
    moment_->enter(*kept->connection);
  } else {
    kept = connections_.insert(kept, {moment_->connect(), {}});
  }
  // Whoever waits to change what was read need not wait for what is read next.
  std::shared_ptr<PostgresConnection> taken(
      kept->connection.get(), [own = kept->connection](PostgresConnection* one) { one->give_up(); });
  kept->taken = taken;
  return taken;
}

Error source_error(const Error& error, const ConnectionSettings& settings) {
  if (error.code() != ErrorCode::target) return error;
  if (is_of_ddl(error)) {
    return Error(ErrorCode::interrupted,
                 settings.shown_url + ": " + error.what() + ": others change the schema while it is read",
                 kReadAnew);
  }
  std::string hint = error.hint();
  if (error.sqlstate() == "42501" && hint.empty()) {
    hint = "GRANT USAGE ON SCHEMA " + quote_name(settings.schema) + " and SELECT on its tables to the role";
  }
  return Error(ErrorCode::source, settings.shown_url + ": " + error.what(), hint)
      .with_sqlstate(error.sqlstate());
}

}  // namespace planrun
