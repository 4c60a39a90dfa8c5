#include "support/target_state.h"

#include <filesystem>
#include <sstream>

#include "support/support.h"

namespace planrun::test {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

std::string sqlite_state(const std::string& file) {
  if (!std::filesystem::exists(file)) return "integrity_check ok";
  std::string all = output_of({"sqlite3", file,
                               "select type, name, sql from sqlite_schema "
                               "where tbl_name not like 'planrun%' order by type, name"});
  std::string rows;
  for (const auto& table : lines(output_of({"sqlite3", file,
                                            "select name from sqlite_schema where type = 'table' "
                                            "and name not like 'planrun%' order by name"}))) {
    rows += "select '" + table + "'; select * from \"" + table + "\" order by 1;";
  }
  return all + output_of({"sqlite3", "-quote", file, rows}) + "integrity_check " +
         lines(output_of({"sqlite3", file, "pragma integrity_check"})).at(0);
}

std::string postgres_state(const std::string& url) {
  static const bool kHasRestrictKey =
      output_of({"pg_dump", "--help"}).find("--restrict-key") != std::string::npos;
  std::vector<std::string> dump = {"pg_dump", "-s", "-N", "planrun", "-d", url};
  if (kHasRestrictKey) dump.insert(dump.begin() + 1, "--restrict-key=x");
  const auto psql = [&](const std::string& sql) {
    return output_of({"psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql});
  };
  std::string rows = "select * from pg_sequences where schemaname = 'public' order by sequencename;";
  for (const auto& table :
       lines(psql("select tablename from pg_tables where schemaname = 'public' order by 1")))
    rows += "select '" + table + "'; select * from \"" + table + "\" order by 1;";
  return output_of(dump) + psql(rows);
}

}  // namespace

std::string output_of(const std::vector<std::string>& arguments) {
  const ProcessResult result = run_process(arguments);
  INFO(arguments.front() << ": " << result.err);
  REQUIRE(result.status == 0);
  return result.out;
}

std::string target_state(const std::string& url) {
  return url.starts_with("sqlite:") ? sqlite_state(url.substr(7)) : postgres_state(url);
}

}  // namespace planrun::test
