// The databases that a plan names: the only place that picks a product.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "database/dialect.h"
#include "database/inspector.h"
#include "database/source.h"
#include "database/target.h"
#include "plan/plan.h"

namespace planrun {

/// What the URL of a SQLite file begins with.
inline constexpr std::string_view kSqliteUrl = "sqlite:";

struct Databases {
  std::map<std::string, std::unique_ptr<SourceDatabase>> sources;
  std::map<std::string, std::unique_ptr<TargetDatabase>> targets;
  std::map<std::string, SourceDatabase*> source_pointers() const;
  std::map<std::string, TargetDatabase*> target_pointers() const;
};

/// Throws Error(plan) for a kind of database that cannot be what the plan wants it to be. A source that
/// cannot be opened says so when it is read: a run can be taken back, and verified from its snapshot, all
/// the same.
Databases open_databases(const Plan& plan);
/// `source` is a path, or a url as a plan has it. Throws Error(usage) for a kind of database that is not
/// read.
/// `schema`: of a PostgreSQL database.
std::unique_ptr<Inspector> open_inspector(const std::string& source, const std::string& schema);
bool is_postgres(const std::string& url);
/// What a census holds a source that types its columns against.
std::unique_ptr<Dialect> sqlite_dialect();
std::unique_ptr<SourceDatabase> open_source(const PlanSource& source);
std::unique_ptr<TargetDatabase> open_target(const PlanTarget& target);

}  // namespace planrun
