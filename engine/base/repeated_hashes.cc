#include "base/repeated_hashes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <queue>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"

namespace planrun {

namespace {

// Of each run when all are read side by side: 64 KB.
constexpr std::size_t kReadAtOnce = 4096;

Error failed(const std::string& what, const std::filesystem::path& folder) {
  return Error(ErrorCode::system,
               "cannot " + what + " a temporary file in " + folder.string() + ": " + std::strerror(errno),
               "free some space there, or set TMPDIR to another folder");
}

// A file that is gone with its descriptor.
int open_nameless(const std::filesystem::path& folder) {
  std::string name = (folder / "planrun-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) throw failed("make", folder);
  ::unlink(name.c_str());
  return file;
}

}  // namespace

// The sorted hashes of one spill, read from its front.
class RepeatedHashes::Run {
 public:
  Run(int file, std::size_t first, std::size_t count, const std::filesystem::path& folder)
      : file_(file), next_(first), left_(count), folder_(folder) {
    fill();
  }

  const Hash128& front() const { return read_[at_]; }
  /// False: that was the last.
  bool pop() {
    if (++at_ < read_.size()) return true;
    fill();
    return !read_.empty();
  }

 private:
  void fill() {
    at_ = 0;
    read_.resize(std::min(left_, kReadAtOnce));
    left_ -= read_.size();
    auto* to = reinterpret_cast<char*>(read_.data());
    std::size_t bytes = read_.size() * sizeof(Hash128);
    auto from = static_cast<off_t>(next_ * sizeof(Hash128));
    next_ += read_.size();
    while (bytes > 0) {
      const ssize_t got = ::pread(file_, to, bytes, from);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw failed("read", folder_);
      to += got;
      from += got;
      bytes -= static_cast<std::size_t>(got);
    }
  }

  int file_;
  std::size_t next_;
  std::size_t left_;
  const std::filesystem::path& folder_;
  std::vector<Hash128> read_;
  std::size_t at_ = 0;
};

RepeatedHashes::RepeatedHashes(std::filesystem::path folder, std::size_t held)
    : folder_(std::move(folder)), held_(held) {}

RepeatedHashes::~RepeatedHashes() {
  if (file_ >= 0) ::close(file_);
}

void RepeatedHashes::add(Hash128 hash) {
  hashes_.push_back(hash);
  if (hashes_.size() >= held_) spill();
}

void RepeatedHashes::spill() {
  if (file_ < 0) file_ = open_nameless(folder_);
  std::sort(hashes_.begin(), hashes_.end());
  const auto* from = reinterpret_cast<const char*>(hashes_.data());
  std::size_t bytes = hashes_.size() * sizeof(Hash128);
  while (bytes > 0) {
    const ssize_t put = ::write(file_, from, bytes);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw failed("write", folder_);
    from += put;
    bytes -= static_cast<std::size_t>(put);
  }
  runs_.push_back(hashes_.size());
  hashes_.clear();
}

std::vector<Hash128> RepeatedHashes::take() {
  std::vector<Hash128> repeated;
  auto see = [&, seen = false, last = Hash128{}](const Hash128& hash) mutable {
    const bool again = seen && last == hash;
    if (again && (repeated.empty() || !(repeated.back() == hash))) repeated.push_back(hash);
    last = hash;
    seen = true;
  };
  if (runs_.empty()) {
    std::sort(hashes_.begin(), hashes_.end());
    for (const Hash128& hash : hashes_) see(hash);
    hashes_ = {};
    return repeated;
  }
  if (!hashes_.empty()) spill();
  hashes_ = {};
  std::vector<Run> runs;
  std::size_t first = 0;
  for (const std::size_t count : runs_) {
    runs.emplace_back(file_, first, count, folder_);
    first += count;
  }
  const auto later = [&](std::size_t a, std::size_t b) { return runs[b].front() < runs[a].front(); };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
  for (std::size_t i = 0; i < runs.size(); ++i) next.push(i);
  while (!next.empty()) {
    const std::size_t run = next.top();
    next.pop();
    see(runs[run].front());
    if (runs[run].pop()) next.push(run);
  }
  return repeated;
}

}  // namespace planrun
