#include "notify/program.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace planrun {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPoll = std::chrono::milliseconds(20);
// As a shell says it
// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_08_02).
constexpr int kNotFound = 127;

// A file without a name that holds the text: a program that does not read it harms nobody.
int file_of(const std::string& text) {
  const int file = memfd_create("planrun-alert", MFD_CLOEXEC);
  if (file < 0) return -1;
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(file, text.data() + written, text.size() - written);
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  lseek(file, 0, SEEK_SET);
  return file;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  for (const auto& [name, value] : variables) all.push_back(name + "=" + value);
  return all;
}

std::string outcome_of(int status, const std::string& program) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotFound) return program + " cannot be run";
  if (WIFEXITED(status)) return program + " ended with " + std::to_string(WEXITSTATUS(status));
  return program + " was ended by signal " + std::to_string(WTERMSIG(status));
}

}  // namespace

std::string run_program(const std::vector<std::string>& command, const std::string& input,
                        const std::map<std::string, std::string>& variables, int timeout_seconds) {
  const std::vector<char*> arguments = pointers_to(command);
  const std::vector<std::string> entries = environment_with(variables);
  const std::vector<char*> environment = pointers_to(entries);
  const int stdin_file = file_of(input);
  if (stdin_file < 0) return std::string("no room for the alert: ") + std::strerror(errno);
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    dup2(stdin_file, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execvpe(arguments[0], arguments.data(), environment.data());
    _exit(kNotFound);
  }
  close(stdin_file);
  if (child < 0) return std::string("no process can be made: ") + std::strerror(errno);
  const auto until = Clock::now() + std::chrono::seconds(timeout_seconds);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (Clock::now() < until) {
      std::this_thread::sleep_for(kPoll);
      continue;
    }
    kill(-child, SIGKILL);
    waitpid(child, &status, 0);
    return command.front() + " did not end within " + std::to_string(timeout_seconds) + " seconds";
  }
  return outcome_of(status, command.front());
}

}  // namespace planrun
