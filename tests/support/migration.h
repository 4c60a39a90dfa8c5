// A whole migration in a few lines: a source from SQL text, a plan, the program, and what the target then
// holds as its own shell tells it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/support.h"

namespace planrun::test {

enum class Kind { sqlite, postgresql };

class Migration {
 public:
  /// `tables`: the plan's tables and checks; [plan], [source.s] and [target.t] are written around them.
  /// `plan_keys`: further lines of [plan].
  Migration(Kind kind, const std::string& source_sql, const std::string& tables,
            const std::string& plan_keys = "");

  ProcessResult run(std::vector<std::string> arguments = {},
                    std::map<std::string, std::string> environment = {});
  ProcessResult dry_run() { return run({"--dry-run"}); }
  /// Without being asked.
  ProcessResult rollback(const std::vector<std::string>& more = {}) const;
  /// What the target answers, by psql or sqlite3.
  std::string target(const std::string& sql) const;
  std::string source(const std::string& sql) const { return sqlite3(source_file(), sql); }
  std::string count(const std::string& table) const {
    return target("select count(*) from \"" + table + "\"");
  }
  /// A table of the ledger by its name there.
  std::string ledger(const std::string& table) const;

  /// A further source, NAME.db beside the plan, whose [source.NAME] stands in the plan's own text.
  void make_source(const std::string& name, const std::string& sql);

  void write_plan(const std::string& tables, const std::string& plan_keys = "");
  std::filesystem::path source_file() const { return folder_ / "source.db"; }
  std::filesystem::path target_file() const { return folder_ / "target.db"; }
  std::filesystem::path plan_file() const { return folder_ / "plan.toml"; }
  std::filesystem::path state() const { return folder_ / "state"; }
  std::string target_url() const;
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
  TempFolder folder_;
  std::unique_ptr<TempPostgres> postgres_;
};

}  // namespace planrun::test
