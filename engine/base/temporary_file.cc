#include "base/temporary_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"

namespace planrun {

namespace {

Error failed(const std::string& what, const std::filesystem::path& folder) {
  return Error(ErrorCode::system,
               "cannot " + what + " a temporary file in " + folder.string() + ": " + std::strerror(errno),
               "free some space there, or set TMPDIR to another folder");
}

int open_nameless(const std::filesystem::path& folder) {
  std::string name = (folder / "planrun-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) throw failed("make", folder);
  ::unlink(name.c_str());
  return file;
}

}  // namespace

TemporaryFile::~TemporaryFile() {
  if (file_ >= 0) ::close(file_);
}

std::int64_t TemporaryFile::append(std::span<const std::byte> bytes) {
  if (file_ < 0) file_ = open_nameless(folder_);
  const std::int64_t at = size_;
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw failed("write", folder_);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    size_ += put;
  }
  return at;
}

void TemporaryFile::read(std::int64_t from, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(from));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw failed("read", folder_);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    from += got;
  }
}

}  // namespace planrun
