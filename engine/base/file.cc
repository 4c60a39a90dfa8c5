#include "base/file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A device or a pipe stays what it is.
void write_through(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text << std::flush;
  if (!stream) throw Error(ErrorCode::system, "cannot write " + file.string());
}

}  // namespace

std::optional<std::string> read_whole_file(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream) return std::nullopt;
  text << stream.rdbuf();
  if (stream.bad()) return std::nullopt;
  return text.str();
}

void replace_file(const fs::path& file, const std::string& text) {
  std::error_code unknown;
  if (fs::exists(file, unknown) && !fs::is_regular_file(file, unknown) && !fs::is_directory(file, unknown))
    return write_through(file, text);
  std::string part = file.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(part.data(), O_CLOEXEC);
  bool good = descriptor >= 0;
  good = good && write_all(descriptor, text) && ::fchmod(descriptor, 0644) == 0 && ::fsync(descriptor) == 0;
  int fault = errno;
  if (descriptor >= 0 && ::close(descriptor) != 0 && good) {
    fault = errno;
    good = false;
  }
  if (good && ::rename(part.c_str(), file.c_str()) != 0) {
    fault = errno;
    good = false;
  }
  if (good) return;
  if (descriptor >= 0) ::unlink(part.c_str());
  throw Error(ErrorCode::system, "cannot write " + file.string() + ": " + std::strerror(fault));
}

void create_file(const fs::path& file, const std::string& text) {
  const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (descriptor < 0)
    throw Error(ErrorCode::system, "cannot make " + file.string() + ": " + std::strerror(errno));
  bool good = write_all(descriptor, text) && ::fsync(descriptor) == 0;
  int fault = errno;
  if (::close(descriptor) != 0 && good) {
    fault = errno;
    good = false;
  }
  if (good) return;
  ::unlink(file.c_str());
  throw Error(ErrorCode::system, "cannot write " + file.string() + ": " + std::strerror(fault));
}

}  // namespace planrun
