// SHA-256 of a file while another thread still writes it, from its beginning to its end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

namespace planrun {

/// Reads the file in a thread of its own, as far as it is told that it may.
class FollowingHash {
 public:
  /// `file` exists; it may be renamed meanwhile. Throws Error(system) where it cannot be opened.
  explicit FollowingHash(const std::filesystem::path& file);
  ~FollowingHash();
  FollowingHash(const FollowingHash&) = delete;
  FollowingHash& operator=(const FollowingHash&) = delete;

  /// The first `bytes` of the file are written, and stay as they are.
  void grown(std::int64_t bytes);
  /// They are the whole file.
  void end();
  /// Gives up.
  void stop();
  /// Waits for it. Empty after stop(). Throws Error(system) where the file could not be read. Once.
  std::string result();

 private:
  void follow(std::FILE* file);
  std::int64_t wait_beyond(std::int64_t bytes);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t written_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
  std::string name_;
  std::string hash_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace planrun
