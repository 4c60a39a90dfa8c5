#include "run/backups.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "database/file_list.h"
#include "run/snapshots.h"

namespace planrun {

namespace {

namespace fs = std::filesystem;

BackupState state_of(const Backup& backup, bool verify) {
  if (backup.deleted_at != 0) return BackupState::deleted;
  std::error_code ignored;
  if (!fs::exists(backup.file, ignored)) return BackupState::missing;
  if (!verify || backup.sha256.empty()) return BackupState::there;
  const bool same = sha256_file(backup.file) == backup.sha256 &&
                    (!is_file_list(backup.file) || differing_copies(backup.file, true).empty());
  return same ? BackupState::same : BackupState::different;
}

Error cannot_write(const fs::path& file) {
  return Error(ErrorCode::system, "cannot write " + file.string() + ": " + std::strerror(errno));
}

// A file that is gone unless it was kept.
class PartFile {
 public:
  explicit PartFile(fs::path path) : path_(std::move(path)) {}
  ~PartFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  const fs::path& path() const { return path_; }

  void sync() const {
    const int descriptor = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0) close(descriptor);
    if (!synced) throw cannot_write(path_);
  }

 private:
  fs::path path_;
};

struct KeptFile {
  std::string what;  // for people
  fs::path file;
  std::string sha256;
};

void refuse_other_content(const KeptFile& kept, const fs::path& copy) {
  if (sha256_file(copy) == kept.sha256) return;
  throw Error(
      ErrorCode::refused,
      kept.what + " is not what the run read: the SHA-256 of " + kept.file.string() + " is another one",
      "planrun backups --verify looks at all of them");
}

// A copy that fails for it says "Input/output error" in the library's words.
void require_space(const KeptFile& kept, const fs::path& file) {
  std::error_code unknown;
  const auto bytes = fs::file_size(kept.file, unknown);
  if (unknown) return;
  const fs::path folder = fs::absolute(file).parent_path();
  const auto space = fs::space(folder, unknown);
  if (unknown || space.available >= bytes) return;
  throw Error(ErrorCode::system,
              "cannot write " + file.string() + ": it takes " +
                  human_bytes(static_cast<std::int64_t>(bytes)) + ", and " + folder.string() + " has " +
                  human_bytes(static_cast<std::int64_t>(space.available)) + " left",
              "make room, or name a file on another disk");
}

void restore_file(const KeptFile& kept, const fs::path& file) {
  require_space(kept, file);
  const PartFile part(file.string() + ".planrun-part-" + std::to_string(getpid()));
  std::error_code fault;
  fs::copy_file(kept.file, part.path(), fault);
  if (fault) {
    throw Error(ErrorCode::system,
                "cannot copy " + kept.file.string() + " to " + part.path().string() + ": " + fault.message());
  }
  refuse_other_content(kept, part.path());
  part.sync();
  // A link, not a rename: it never takes the place of a file that came meanwhile.
  if (link(part.path().c_str(), file.c_str()) != 0) throw cannot_write(file);
}

}  // namespace

std::string_view to_string(BackupState state) {
  constexpr std::array<std::string_view, 5> kNames = {"there", "deleted", "missing", "there, SHA-256 agrees",
                                                      "DIFFERENT: its SHA-256 is another one"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::vector<Backup> list_backups(const std::string& plan, Ledger& ledger, bool verify) {
  std::vector<Backup> backups;
  for (const auto& run : ledger.runs(plan)) {
    for (const auto& record : snapshots_from_json(run.snapshots)) {
      if (record.file.empty()) continue;
      Backup backup{run.id,        run.state,      record.source,     record.file,        record.bytes,
                    record.sha256, run.started_at, record.deleted_at, BackupState::there, 0};
      backup.state = state_of(backup, verify);
      backup.sample = record.sample;
      backups.push_back(std::move(backup));
    }
  }
  return backups;
}

void restore_backup(const Backup& backup, const fs::path& file) {
  const std::string what = "the snapshot of " + backup.source + " of run " + backup.run;
  if (backup.state == BackupState::deleted || backup.state == BackupState::missing) {
    throw Error(ErrorCode::refused, what + " is not there any more: " + backup.file);
  }
  if (backup.sha256.empty()) {
    throw Error(ErrorCode::refused,
                what + " was never hashed, since its run ended before: nothing says that " + backup.file +
                    " is whole",
                "run the plan to its end, or look at the file itself");
  }
  std::error_code fault;
  if (fs::exists(file, fault)) {
    throw Error(ErrorCode::refused, file.string() + " is there already, and is not written over",
                "name another file, or move it away");
  }
  if (!is_file_list(backup.file)) return restore_file({what, backup.file, backup.sha256}, file);
  const fs::path list = backup.file;
  refuse_other_content({what, list, backup.sha256}, list);
  for (const auto& copied : read_file_list(list).files) {
    const fs::path restored = file / copied.copy;
    fs::create_directories(restored.parent_path(), fault);
    if (fault) throw cannot_write(restored.parent_path());
    restore_file({what, copies_of(list) / copied.copy, copied.sha256}, restored);
  }
}

}  // namespace planrun
