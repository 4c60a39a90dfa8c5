#include "support/support.h"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace planrun::test {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "planrun-test-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

namespace {

void read_all(int out, int err, ProcessResult& result) {
  pollfd polls[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  std::string* texts[2] = {&result.out, &result.err};
  for (int open = 2; open > 0;) {
    if (poll(polls, 2, -1) < 0) break;
    for (int i = 0; i < 2; ++i) {
      if (polls[i].fd < 0 || polls[i].revents == 0) continue;
      char buffer[65536];
      const ssize_t n = read(polls[i].fd, buffer, sizeof buffer);
      if (n > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(n));
      } else {
        polls[i].fd = -1;
        --open;
      }
    }
  }
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment, const std::string& input) {
  int in[2];
  int out[2];
  int err[2];
  REQUIRE(pipe2(in, O_CLOEXEC) == 0);
  REQUIRE(pipe2(out, O_CLOEXEC) == 0);
  REQUIRE(pipe2(err, O_CLOEXEC) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> argv;
    for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  close(err[1]);
  // Inputs of tests are short: they fit the pipe.
  const ssize_t written = input.empty() ? 0 : write(in[1], input.data(), input.size());
  close(in[1]);
  ProcessResult result;
  read_all(out[0], err[0], result);
  close(out[0]);
  close(err[0]);
  int status = 0;
  waitpid(child, &status, 0);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  REQUIRE(written == static_cast<ssize_t>(input.size()));
  return result;
}

namespace {

std::string checked_output(const std::vector<std::string>& arguments, const std::string& what) {
  ProcessResult r = run_process(arguments);
  INFO(what << "\n" << r.err);
  REQUIRE(r.status == 0);
  if (!r.out.empty() && r.out.back() == '\n') r.out.pop_back();
  return r.out;
}

const char* server_url() {
  return std::getenv("PLANRUN_TEST_PG");
}

}  // namespace

std::string sqlite3(const std::filesystem::path& database, const std::string& sql) {
  return checked_output({"sqlite3", "-bail", database.string(), sql}, sql);
}

bool has_postgres() {
  return server_url() != nullptr;
}

TempPostgres::TempPostgres() {
  REQUIRE(has_postgres());
  static std::atomic<int> count{0};
  name_ = "planrun_test_" + std::to_string(getpid()) + "_" + std::to_string(count++);
  const std::string server = server_url();
  checked_output({"psql", "-XqAt", "-d", server, "-c", "create database " + name_}, "create database");
  // postgresql://USER@HOST:PORT/DATABASE[?options]
  const auto query = server.find('?');
  const auto slash = server.find('/', server.find("://") + 3);
  REQUIRE(slash != std::string::npos);
  url_ = server.substr(0, slash + 1) + name_ + (query == std::string::npos ? "" : server.substr(query));
}

TempPostgres::~TempPostgres() {
  run_process(
      {"psql", "-XqAt", "-d", server_url(), "-c", "drop database if exists " + name_ + " with (force)"});
}

std::string TempPostgres::psql(const std::string& sql) const {
  return checked_output({"psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url_, "-c", sql}, sql);
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string read_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

void lose_leaf(const std::filesystem::path& database, std::size_t root) {
  std::string bytes = read_file(database);
  const std::size_t page = (root - 1) * 4096;
  const std::size_t pointers = page + 12;
  REQUIRE((bytes.at(page) == 5 || bytes.at(page) == 2));  // an inner page
  const auto cells = static_cast<std::size_t>(static_cast<unsigned char>(bytes[page + 3])) * 256 +
                     static_cast<unsigned char>(bytes[page + 4]);
  REQUIRE(cells > 2);
  bytes.erase(pointers + 2, 2);  // the second pointer to a cell
  bytes.insert(pointers + (cells - 1) * 2, 2, '\0');
  bytes[page + 3] = static_cast<char>((cells - 1) / 256);
  bytes[page + 4] = static_cast<char>((cells - 1) % 256);
  write_file(database, bytes);
}

std::size_t kill_points(std::size_t usual) {
  const char* text = std::getenv("PLANRUN_KILL_POINTS");
  return text != nullptr ? std::stoul(text) : usual;
}

ProcessResult run_planrun(const std::vector<std::string>& arguments, const std::filesystem::path& state,
                          std::map<std::string, std::string> environment) {
  std::vector<std::string> all = {PLANRUN_BINARY};
  all.insert(all.end(), arguments.begin(), arguments.end());
  environment.emplace("XDG_STATE_HOME", state.string());
  return run_process(all, environment);
}

}  // namespace planrun::test
