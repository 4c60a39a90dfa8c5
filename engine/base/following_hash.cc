#include "base/following_hash.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/hash.h"

namespace planrun {

namespace {

constexpr std::int64_t kFollowedPiece = 1 << 20;

struct CloseFollowed {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

FollowingHash::FollowingHash(const std::filesystem::path& file) : name_(file.string()) {
  std::unique_ptr<std::FILE, CloseFollowed> handle(std::fopen(file.c_str(), "rb"));
  if (!handle) throw Error(ErrorCode::system, "cannot open " + name_ + " to hash it");
  thread_ = std::thread([this, opened = std::move(handle)] {
    try {
      follow(opened.get());
    } catch (...) {
      failure_ = std::current_exception();
    }
  });
}

FollowingHash::~FollowingHash() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void FollowingHash::grown(std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  written_ = bytes;
  changed_.notify_all();
}

void FollowingHash::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void FollowingHash::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

std::string FollowingHash::result() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  return hash_;
}

void FollowingHash::follow(std::FILE* file) {
  StreamingSha256 sha;
  std::vector<char> piece(kFollowedPiece);
  for (std::int64_t hashed = 0;;) {
    const std::int64_t written = wait_beyond(hashed);
    if (written < 0) return;
    if (written == hashed) break;
    const auto size = static_cast<std::size_t>(std::min(written - hashed, kFollowedPiece));
    if (std::fread(piece.data(), 1, size, file) != size)
      throw Error(ErrorCode::system, "cannot read " + name_ + " to hash it");
    sha.update({piece.data(), size});
    hashed += static_cast<std::int64_t>(size);
  }
  hash_ = to_hex(sha.digest());
}

/// How much is written, once it is more than `bytes` or all; -1 after stop().
std::int64_t FollowingHash::wait_beyond(std::int64_t bytes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || ended_ || written_ > bytes; });
  return stopped_ ? -1 : written_;
}

}  // namespace planrun
