#include "support/migration.h"

namespace planrun::test {

Migration::Migration(Kind kind, const std::string& source_sql, const std::string& tables,
                     const std::string& plan_keys)
    : kind_(kind) {
  if (kind == Kind::postgresql) postgres_ = std::make_unique<TempPostgres>();
  make_source("source", source_sql);
  write_plan(tables, plan_keys);
}

void Migration::make_source(const std::string& name, const std::string& sql) {
  const std::filesystem::path script = folder_ / (name + ".sql");
  write_file(script, sql);
  const ProcessResult made = run_process(
      {"sqlite3", "-bail", (folder_ / (name + ".db")).string(), ".read '" + script.string() + "'"});
  INFO(made.err);
  REQUIRE(made.status == 0);
}

std::string Migration::target_url() const {
  return kind_ == Kind::sqlite ? "sqlite:" + target_file().string() : postgres_->url();
}

void Migration::write_plan(const std::string& tables, const std::string& plan_keys) {
  write_file(plan_file(), "[plan]\nname = \"test\"\n" + plan_keys +
                              "\n[source.s]\nurl = \"sqlite:source.db\"\n\n[target.t]\nurl = \"" +
                              target_url() + "\"\n\n" + tables);
}

ProcessResult Migration::run(std::vector<std::string> arguments,
                             std::map<std::string, std::string> environment) {
  arguments.insert(arguments.begin(), plan_file().string());
  return run_planrun(arguments, state(), std::move(environment));
}

ProcessResult Migration::rollback(const std::vector<std::string>& more) const {
  std::vector<std::string> arguments = {"rollback", plan_file().string(), "--yes"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_planrun(arguments, state());
}

std::string Migration::target(const std::string& sql) const {
  return kind_ == Kind::sqlite ? sqlite3(target_file(), sql) : postgres_->psql(sql);
}

std::string Migration::ledger(const std::string& table) const {
  return kind_ == Kind::sqlite ? "planrun_" + table : "planrun." + table;
}

}  // namespace planrun::test
