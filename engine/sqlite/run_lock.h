// The lock of a run on a target file: flock on the file itself, which goes with the process.
//
// SQLite locks the same file by POSIX locks (fcntl), and the two kinds do not see each other on a local disk.
// But POSIX forgets every lock that a process has on a file as soon as the process closes *any* descriptor of
// it (https://www.sqlite.org/src/artifact?name=src/os_unix.c, "Advisory Locking"). So this descriptor is
// opened before the first SQLite connection of its target and closed after the last: connections hold the
// target file, which holds this.
#pragma once

#include <filesystem>
#include <mutex>

namespace planrun {

/// Any thread.
class RunLock {
 public:
  explicit RunLock(std::filesystem::path file) : file_(std::move(file)) {}
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// Opens the descriptor if it is not open yet. False: there is no such file and `create` is not asked.
  /// Throws Error(target) where the file cannot be opened or made.
  bool attach(bool create);
  /// False: somebody has it, in this process or another one. Attached before.
  bool try_lock();
  void unlock();

 private:
  std::filesystem::path file_;
  std::mutex mutex_;
  int descriptor_ = -1;
  bool held_ = false;  // flock does not tell two holders of one descriptor apart
};

}  // namespace planrun
