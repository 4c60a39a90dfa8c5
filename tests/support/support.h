// What makes a test 15 lines: temporary folders and databases, and other programs (sqlite3, psql, planrun)
// that say what is really there.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/catch.h"

namespace planrun::test {

/// A folder that is gone with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

struct ProcessResult {
  int status = -1;  // exit status; -SIGNAL when killed by one
  std::string out;
  std::string err;
};
/// Runs a program (found on PATH) to its end. `environment` is added to this process's.
ProcessResult run_process(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment = {},
                          const std::string& input = {});

/// The sqlite3 shell: output of `sql`, without the last newline. Fails the test when sqlite3 does.
std::string sqlite3(const std::filesystem::path& database, const std::string& sql);

/// True where $PLANRUN_TEST_PG names a server; test cases tagged [postgres] need one.
bool has_postgres();
/// A database of its own on that server, dropped with the object.
class TempPostgres {
 public:
  TempPostgres();
  ~TempPostgres();
  TempPostgres(const TempPostgres&) = delete;
  TempPostgres& operator=(const TempPostgres&) = delete;
  /// postgresql://... of the database.
  const std::string& url() const { return url_; }
  /// psql -XqAt: output of `sql`, without the last newline. Fails the test when psql does.
  std::string psql(const std::string& sql) const;

 private:
  std::string name_;
  std::string url_;
};

void write_file(const std::filesystem::path& file, const std::string& text);
std::string read_file(const std::filesystem::path& file);
/// Takes a leaf out of the table or index whose root is page `root` of 4,096 bytes, and has pages below it:
/// what it holds stays in the file, and no query finds it or fails (https://www.sqlite.org/fileformat2.html,
/// 1.6).
void lose_leaf(const std::filesystem::path& database, std::size_t root = 2);

/// At how many points of a run a test kills it. PLANRUN_KILL_POINTS=N tries so many instead; 10000 are all of
/// them, which takes hours.
std::size_t kill_points(std::size_t usual);

/// The planrun program under test, with its state folder in `state`.
ProcessResult run_planrun(const std::vector<std::string>& arguments, const std::filesystem::path& state,
                          std::map<std::string, std::string> environment = {});

}  // namespace planrun::test
