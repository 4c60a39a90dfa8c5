#include "cli/git.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

// As a shell says that there is no such program; git itself never ends so.
constexpr int kNoProgram = 127;

struct Answer {
  int status = -1;
  std::string out;
};

std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

// No shell between: an argument is an argument. stderr comes with stdout where `with_errors`, else goes
// nowhere.
Answer ask_git(std::vector<std::string> arguments, bool with_errors) {
  arguments.insert(arguments.begin(), "git");
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(ErrorCode::system, std::string("cannot run git: ") + std::strerror(errno));
  const pid_t child = ::fork();
  if (child == 0) {
    const int errors = with_errors ? ends[1] : ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::execvp("git", pointers.data());
    ::_exit(kNoProgram);
  }
  const int fault = errno;
  ::close(ends[1]);
  Answer answer;
  int status = 0;
  if (child > 0) {
    answer.out = read_to_end(ends[0]);
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) answer.status = WEXITSTATUS(status);
  }
  ::close(ends[0]);
  if (child < 0) throw Error(ErrorCode::system, std::string("cannot run git: ") + std::strerror(fault));
  if (answer.status == kNoProgram) throw Error(ErrorCode::system, "there is no program git on the path");
  return answer;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

fs::path top_folder() {
  const Answer top = ask_git({"rev-parse", "--show-toplevel"}, true);
  if (top.status != 0)
    throw Error(ErrorCode::plan, "the current folder is in no git repository: " + first_line(top.out));
  return first_line(top.out);
}

std::optional<std::string> show(const std::string& revision, const std::string& path) {
  Answer answer = ask_git({"show", revision + ":" + path}, false);
  if (answer.status != 0) return std::nullopt;
  return std::move(answer.out);
}

}  // namespace

GitFile read_git_file(const std::string& place) {
  const std::size_t colon = place.find(':');
  if (place.starts_with('-') || colon == std::string::npos || colon + 1 == place.size())
    throw Error(ErrorCode::usage, "git:" + place + " names no file of a revision", "git:REVISION:PATH");
  const std::string path = place.substr(colon + 1);
  const fs::path top = top_folder();
  GitFile file;
  file.revision = place.substr(0, colon);
  const bool from_here = path.starts_with("./") || path.starts_with("../");
  file.path = ((from_here ? fs::canonical(fs::current_path()) : top) / path).lexically_normal();
  // A folder is shown as a list of its files.
  const Answer kind = ask_git({"cat-file", "-t", place}, true);
  if (kind.status != 0)
    throw Error(ErrorCode::plan, "git:" + place + ": " + first_line(kind.out), "git:REVISION:PATH");
  auto text = first_line(kind.out) == "blob" ? show(file.revision, path) : std::nullopt;
  if (!text) throw Error(ErrorCode::plan, "git:" + place + " is a " + first_line(kind.out) + ", not a plan");
  file.text = std::move(*text);
  return file;
}

ReadFile git_reader(const std::string& revision) {
  return [revision, top = top_folder()](const fs::path& file) -> std::optional<std::string> {
    const std::string path = fs::absolute(file).lexically_normal().lexically_relative(top).generic_string();
    if (path.empty() || path == ".." || path.starts_with("../")) return read_whole_file(file);
    return show(revision, path);
  };
}

}  // namespace planrun
