// Which of many hashes come more than once.
#pragma once

#include <filesystem>
#include <vector>

#include "base/hash.h"
#include "base/temporary_file.h"

namespace planrun {

/// Holds a million hashes (16 MB); more wait, sorted, in a temporary file in `folder`. One thread.
class RepeatedHashes {
 public:
  explicit RepeatedHashes(std::filesystem::path folder, std::size_t held = 1 << 20);

  /// Throws Error(system) where the file cannot be written.
  void add(Hash128 hash);
  /// Those that were added more than once, each once, ascending. Nothing is added after it.
  std::vector<Hash128> take();

 private:
  class Run;
  void spill();

  TemporaryFile file_;
  std::size_t held_;
  std::vector<Hash128> hashes_;
  std::vector<std::size_t> runs_;  // how many hashes stand in each, one run behind the other
};

}  // namespace planrun
