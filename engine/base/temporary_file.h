// A file that has no name, and is gone with the object.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace planrun {

/// Made at the first append. One thread. Throws Error(system), naming the folder.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// Where the bytes begin in the file.
  std::int64_t append(std::span<const std::byte> bytes);
  /// Fills `bytes`. All of them were appended before.
  void read(std::int64_t from, std::span<std::byte> bytes) const;

 private:
  std::filesystem::path folder_;
  int file_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace planrun
