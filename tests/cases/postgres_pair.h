// A PostgreSQL source beside its target, in two schemas of one database.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/support.h"

namespace planrun::test {

/// One server database with the source in schema `src` and the target in `dst`: a step of the plan's own SQL
/// can so do to the source what another program would do while the run reads.
class PostgresPair {
 public:
  explicit PostgresPair(const std::string& sql) {
    database_.psql("create schema src; create schema dst; set search_path = src; " + sql);
  }

  void write_plan(const std::string& tables, const std::string& target_keys = "") {
    write_file(plan(), "[plan]\nname = \"test\"\n[source.s]\nurl = \"" + database_.url() +
                           "\"\nschema = \"src\"\n[target.t]\nurl = \"" + database_.url() +
                           "\"\nschema = \"dst\"\n" + target_keys + "\n" + tables);
  }
  void write_sqlite_plan(const std::string& tables) {
    write_file(plan(), "[plan]\nname = \"test\"\n[source.s]\nurl = \"" + database_.url() +
                           "\"\nschema = \"src\"\n[target.t]\nurl = \"sqlite:" + sqlite_file().string() +
                           "\"\n" + tables);
  }
  ProcessResult run(std::vector<std::string> arguments = {},
                    std::map<std::string, std::string> environment = {}) {
    arguments.insert(arguments.begin(), plan().string());
    return run_planrun(arguments, folder_ / "state", std::move(environment));
  }
  ProcessResult command(const std::string& name, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {name, plan().string()});
    return run_planrun(arguments, folder_ / "state");
  }
  std::string psql(const std::string& sql) const { return database_.psql(sql); }
  const std::string& url() const { return database_.url(); }
  std::filesystem::path plan() const { return folder_ / "plan.toml"; }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  std::filesystem::path sqlite_file() const { return folder_ / "target.db"; }

 private:
  TempPostgres database_;
  TempFolder folder_;
};

inline void says(const ProcessResult& result, const std::string& words) {
  const std::string all = result.out + result.err;
  INFO(all);
  CHECK(all.find(words) != std::string::npos);
}

inline void passes(const ProcessResult& result) {
  INFO(result.out << result.err);
  REQUIRE(result.status == 0);
}

}  // namespace planrun::test
