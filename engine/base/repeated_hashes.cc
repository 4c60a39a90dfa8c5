#include "base/repeated_hashes.h"

#include <algorithm>
#include <queue>

namespace planrun {

namespace {

// Of each run when all are read side by side: 64 KB.
constexpr std::size_t kReadAtOnce = 4096;

}  // namespace

// The sorted hashes of one spill, read from its front.
class RepeatedHashes::Run {
 public:
  Run(const TemporaryFile& file, std::size_t first, std::size_t count)
      : file_(file), next_(first), left_(count) {
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
    file_.read(static_cast<std::int64_t>(next_ * sizeof(Hash128)), std::as_writable_bytes(std::span(read_)));
    next_ += read_.size();
  }

  const TemporaryFile& file_;
  std::size_t next_;
  std::size_t left_;
  std::vector<Hash128> read_;
  std::size_t at_ = 0;
};

RepeatedHashes::RepeatedHashes(std::filesystem::path folder, std::size_t held)
    : file_(std::move(folder)), held_(held) {}

void RepeatedHashes::add(Hash128 hash) {
  hashes_.push_back(hash);
  if (hashes_.size() >= held_) spill();
}

void RepeatedHashes::spill() {
  std::sort(hashes_.begin(), hashes_.end());
  file_.append(std::as_bytes(std::span(hashes_)));
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
    runs.emplace_back(file_, first, count);
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
