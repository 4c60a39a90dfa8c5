#include "cli/databases.h"

#include "base/error.h"
#include "base/file_pattern.h"
#include "database/unopened_source.h"
#include "plan/database_url.h"
#include "postgres/postgres.h"
#include "sqlite/dialect.h"
#include "sqlite/sqlite.h"

namespace planrun {
namespace {

SqliteFiles files_of(const PlanSource& source) {
  return {source.url.substr(kSqliteUrl.size()), source.tenant, source.tenant_column};
}

}  // namespace

bool is_postgres(const std::string& url) {
  return url.starts_with("postgresql:") || url.starts_with("postgres:");
}

std::unique_ptr<Dialect> sqlite_dialect() {
  return make_sqlite_dialect();
}

std::map<std::string, SourceDatabase*> Databases::source_pointers() const {
  std::map<std::string, SourceDatabase*> pointers;
  for (const auto& [name, source] : sources) pointers[name] = source.get();
  return pointers;
}

std::map<std::string, TargetDatabase*> Databases::target_pointers() const {
  std::map<std::string, TargetDatabase*> pointers;
  for (const auto& [name, target] : targets) pointers[name] = target.get();
  return pointers;
}

std::unique_ptr<SourceDatabase> open_source(const PlanSource& source) {
  if (source.has_many_files()) return open_sqlite_files(files_of(source));
  if (source.url.starts_with(kSqliteUrl)) return open_sqlite_source(source.url.substr(kSqliteUrl.size()));
  if (is_postgres(source.url)) return open_postgres_source({source.url, source.shown_url, source.schema, {}});
  throw Error(ErrorCode::plan,
              "source " + source.name + ": " + source.shown_url + " is no database that planrun reads",
              "use sqlite:PATH or postgresql://...");
}

std::unique_ptr<Inspector> open_inspector(const std::string& source, const std::string& schema) {
  if (is_postgres(source)) {
    std::string reason;
    const auto url = parse_database_url(source, std::filesystem::current_path(), reason);
    if (!url) throw Error(ErrorCode::usage, "a source is a SQLite file or the url of a database: " + reason);
    return open_postgres_inspector({url->url, url->shown, schema, {}});
  }
  const std::string path = source.starts_with(kSqliteUrl) ? source.substr(kSqliteUrl.size()) : source;
  if (path.empty())
    throw Error(ErrorCode::usage, "a source without a path is given", "planrun census PATH, or sqlite:PATH");
  if (has_wildcard(path) && !std::filesystem::exists(path)) {
    throw Error(ErrorCode::usage, path + " is a pattern of files, and one database is looked into at a time",
                "name one of them; a plan reads all of them with `tenant` beside its `url`");
  }
  return open_sqlite_inspector(path);
}

std::unique_ptr<TargetDatabase> open_target(const PlanTarget& target) {
  if (target.url.starts_with(kSqliteUrl))
    return open_sqlite_target(target.url.substr(kSqliteUrl.size()), target.ledger);
  if (is_postgres(target.url))
    return open_postgres_target({target.url, target.shown_url, target.schema, target.ledger});
  throw Error(ErrorCode::plan,
              "target " + target.name + ": " + target.shown_url + " is no database that planrun writes",
              "use sqlite:PATH or postgresql://...");
}

Databases open_databases(const Plan& plan) {
  Databases databases;
  for (const auto& source : plan.sources) {
    try {
      databases.sources[source.name] = open_source(source);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::source) throw;
      const auto open_snapshot = [source](const std::filesystem::path& file) {
        return source.has_many_files() ? open_sqlite_copies(files_of(source), file)
                                       : open_sqlite_source(file);
      };
      databases.sources[source.name] =
          std::make_unique<UnopenedSource>(error, source.shown_url, source.has_many_files(), open_snapshot);
    }
  }
  for (const auto& target : plan.targets) databases.targets[target.name] = open_target(target);
  return databases;
}

}  // namespace planrun
