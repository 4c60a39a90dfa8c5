#include "sqlite/snapshot.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "sqlite/access.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr int kAttempts = 3;

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

void sync_to_disk(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  const int failure = errno;
  if (descriptor >= 0) close(descriptor);
  if (!synced) throw Error(ErrorCode::system, "cannot sync " + path.string() + ": " + std::strerror(failure));
}

/// One step over all pages: the source's lock is held throughout, so that no writer comes between two of
/// them.
void copy_pages(SqliteConnection& from, const fs::path& to) {
  SqliteConnection copy(file_uri(to, "mode=rwc"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, to.string(),
                        ErrorCode::system);
  // An unfinished copy is thrown away: it needs no journal, and is synced once at the end.
  copy.execute("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -4000");
  const std::unique_ptr<sqlite3_backup, FinishBackup> backup(
      sqlite3_backup_init(copy.get(), "main", from.get(), "main"));
  if (!backup) throw copy.error(sqlite3_extended_errcode(copy.get()), {});
  int rc = SQLITE_OK;
  for (int waited = 0; waited <= kBusyMs; waited += 50) {
    rc = sqlite3_backup_step(backup.get(), -1);
    if (rc != SQLITE_BUSY && rc != SQLITE_LOCKED) break;
    sqlite3_sleep(50);
  }
  if (rc == SQLITE_DONE) return;
  const int primary = rc & 0xff;
  const bool writing = primary == SQLITE_FULL || primary == SQLITE_READONLY || primary == SQLITE_CANTOPEN;
  if (writing || sqlite3_errcode(from.get()) == SQLITE_OK)
    throw copy.error(rc, {}).within("snapshot of " + from.shown());
  throw from.error(rc, {}).within("snapshot");
}

class PartialFile {
 public:
  explicit PartialFile(fs::path path) : path_(std::move(path)) { remove(); }
  ~PartialFile() { remove(); }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  const fs::path& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  fs::path path_;
};

}  // namespace

Snapshot make_whole(const fs::path& file, const std::function<void(const fs::path&)>& fill) {
  const fs::path folder = fs::absolute(file).parent_path();
  if (!fs::is_directory(folder)) {
    throw Error(ErrorCode::system, "the folder of the snapshot, " + folder.string() + ", does not exist",
                "create it");
  }
  const PartialFile partial(file.string() + ".partial");
  fill(partial.path());
  sync_to_disk(partial.path());
  fs::rename(partial.path(), file);
  sync_to_disk(folder);
  return {file, static_cast<std::int64_t>(fs::file_size(file))};
}

Snapshot take_snapshot(const fs::path& file, const fs::path& snapshot) {
  return make_whole(snapshot, [&](const fs::path& partial) {
    for (int attempt = 1;; ++attempt) {
      const Access access = find_access(file, Writers::likely, ErrorCode::source);
      const std::string before = file_state(file);
      const auto source = open_for_reading(access, file.string(), ErrorCode::source);
      sqlite3_busy_timeout(source->get(), kBusyMs);
      copy_pages(*source, partial);
      // Without a lock only this tells that nobody wrote meanwhile.
      if (access.kind != AccessKind::immutable || file_state(file) == before) break;
      if (attempt == kAttempts) {
        throw Error(ErrorCode::source, file.string() + ": it was written while it was copied",
                    "stop the program that writes it");
      }
      std::error_code ignored;
      fs::remove(partial, ignored);
    }
  });
}

}  // namespace planrun
