#include "sqlite/run_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"

namespace planrun {

RunLock::~RunLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool RunLock::attach(bool create) {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) return true;
  // A pipe is refused by others: nobody waits here for its writer.
  descriptor_ = open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | (create ? O_CREAT : 0), 0644);
  if (descriptor_ >= 0) return true;
  const int failure = errno;
  if (!create && (failure == ENOENT || failure == ENOTDIR)) return false;
  const auto folder = file_.parent_path();
  if (failure == ENOENT) {
    throw Error(ErrorCode::target, "the folder of the target, " + folder.string() + ", does not exist",
                "create it: mkdir -p " + folder.string());
  }
  throw Error(ErrorCode::target, file_.string() + ": " + std::strerror(failure),
              "give this user the right to write " + folder.string());
}

bool RunLock::try_lock() {
  const std::lock_guard lock(mutex_);
  if (held_) return false;
  held_ = descriptor_ >= 0 && flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  return held_;
}

void RunLock::unlock() {
  const std::lock_guard lock(mutex_);
  if (held_) flock(descriptor_, LOCK_UN);
  held_ = false;
}

}  // namespace planrun
