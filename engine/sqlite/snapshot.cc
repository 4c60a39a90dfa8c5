#include "sqlite/snapshot.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sqlite/access.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr int kAttempts = 3;
constexpr sqlite3_int64 kCopyBytes = 1 << 20;

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

Error cannot(const char* what, const fs::path& path, int failure) {
  return Error(ErrorCode::system,
               std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(failure),
               failure == ENOSPC ? "set [plan] folder to a folder with room for a copy of the source" : "");
}

/// A file of our own that is written from its beginning to its end.
class NewFile {
 public:
  explicit NewFile(const fs::path& path)
      : path_(path),
        descriptor_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    if (descriptor_ < 0) throw cannot("create", path_, errno);
  }
  ~NewFile() { close(descriptor_); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void append(std::string_view bytes) {
    const auto piece = static_cast<off_t>(bytes.size());
    while (!bytes.empty()) {
      const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw cannot("write", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    // On its way to the disk at once: the sync at the end waits for little then. Only a hint.
    sync_file_range(descriptor_, size_, piece, SYNC_FILE_RANGE_WRITE);
    size_ += piece;
  }

 private:
  fs::path path_;
  int descriptor_;
  off_t size_ = 0;
};

void sync_opened(const fs::path& path, int (*sync)(int)) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && sync(descriptor) == 0;
  const int failure = errno;
  if (descriptor >= 0) close(descriptor);
  if (!synced) throw cannot("sync", path, failure);
}

/// The file byte by byte: the copy's SHA-256 is the file's own. Nobody writes it: `from` is in a transaction,
/// or reads a file that has no writer. Read through SQLite's own file layer: closing a
/// descriptor of our own would drop its lock.
void copy_bytes(SqliteConnection& from, const fs::path& to, const CopyGrowth& growth) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(from.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == nullptr)
    throw from.error(sqlite3_extended_errcode(from.get()), {}).within("snapshot");
  sqlite3_int64 size = 0;
  if (const int rc = file->pMethods->xFileSize(file, &size); rc != SQLITE_OK)
    throw from.error(rc, {}).within("snapshot");
  NewFile copy(to);
  std::string piece;
  for (sqlite3_int64 at = 0; at < size;) {
    piece.resize(static_cast<std::size_t>(std::min(kCopyBytes, size - at)));
    const int rc = file->pMethods->xRead(file, piece.data(), static_cast<int>(piece.size()), at);
    if (rc != SQLITE_OK) throw from.error(rc, {}).within("snapshot");
    copy.append(piece);
    at += static_cast<sqlite3_int64>(piece.size());
    if (growth) growth(to, at);
  }
}

/// The database that a file and its WAL make together. One step over all pages: the source's lock is held
/// throughout, so that no writer comes between two of them.
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

/// Whether the file alone is the database for as long as `source` stays in the transaction that this begins.
bool is_whole_in_file(SqliteConnection& source, AccessKind kind) {
  if (kind == AccessKind::wal) return false;
  source.execute("begin; select count(*) from sqlite_schema");
  if (kind != AccessKind::locked) return true;
  Statement mode(source, "pragma journal_mode");
  return mode.step() && mode.text(0) != "wal";
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

void sync_to_disk(const fs::path& path) {
  sync_opened(path, fsync);
}

void sync_all_to_disk(const fs::path& folder) {
  sync_opened(folder, syncfs);
}

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

Snapshot take_snapshot(const fs::path& file, const fs::path& snapshot, const CopyGrowth& growth) {
  return make_whole(snapshot, [&](const fs::path& partial) { copy_database(file, partial, growth); });
}

void copy_database(const fs::path& file, const fs::path& copy, const CopyGrowth& growth) {
  for (int attempt = 1;; ++attempt) {
    const Access access = find_access(file, Writers::likely, ErrorCode::source);
    const std::string before = file_state(file);
    const auto source = open_for_reading(access, file.string(), ErrorCode::source);
    sqlite3_busy_timeout(source->get(), kBusyMs);
    if (growth) growth(copy, 0);
    if (is_whole_in_file(*source, access.kind)) {
      copy_bytes(*source, copy, growth);
    } else {
      copy_pages(*source, copy);
    }
    // Without a lock only this tells that nobody wrote meanwhile.
    if (access.kind != AccessKind::immutable || file_state(file) == before) break;
    if (attempt == kAttempts) {
      throw Error(ErrorCode::source, file.string() + ": it was written while it was copied",
                  "stop the program that writes it");
    }
    std::error_code ignored;
    fs::remove(copy, ignored);
  }
}

}  // namespace planrun
