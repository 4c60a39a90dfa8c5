#include "sqlite/access.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "base/big_endian.h"
#include "base/text.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr int kHeaderBytes = 100;
constexpr int kCopyAttempts = 3;
constexpr int kLooks = 5;

fs::path beside(const fs::path& file, const char* suffix) {
  return fs::path(file.string() + suffix);
}

/// The file that links lead to: its WAL and journal stand beside it, not beside them.
fs::path without_links(const fs::path& file) {
  std::error_code fault;
  fs::path real = fs::canonical(file, fault);
  return fault ? file : real;
}

std::int64_t bytes_of(const fs::path& file) {
  struct stat info {};
  return stat(file.c_str(), &info) == 0 ? info.st_size : 0;
}

/// A journal whose header was zeroed (journal_mode=persist) or cut off (truncate) belongs to no transaction.
bool has_journal(const fs::path& file) {
  std::ifstream journal(beside(file, "-journal"), std::ios::binary);
  char first = 0;
  return journal.get(first) && first != 0;
}

struct FreeFileName {
  void operator()(const char* name) const { sqlite3_free_filename(const_cast<char*>(name)); }
};

class PrivateFolder {
 public:
  explicit PrivateFolder(ErrorCode code) {
    std::string name = (fs::temp_directory_path() / "planrun-copy-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw Error(code,
                  "cannot make a folder for a private copy in " + fs::temp_directory_path().string() + ": " +
                      std::strerror(errno),
                  "set TMPDIR to a folder that can be written");
    }
    path_ = name;
  }
  ~PrivateFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void copy_one(const fs::path& from, const fs::path& to, ErrorCode code) {
  std::error_code failed;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, failed);
  if (!failed) fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failed);
  if (failed) {
    throw Error(code, "cannot copy " + from.string() + " to " + to.string() + ": " + failed.message(),
                "set TMPDIR to a folder with room for a copy");
  }
}

/// The file and its WAL or journal, folded into one file by SQLite's own recovery.
Access recovered_copy(const fs::path& file, ErrorCode code) {
  auto folder = std::make_shared<PrivateFolder>(code);
  const fs::path copy = folder->path() / "copy.db";
  for (int attempt = 1;; ++attempt) {
    const std::string before = file_state(file);
    copy_one(file, copy, code);
    for (const char* suffix : {"-wal", "-journal"}) {
      fs::remove(beside(copy, suffix));
      if (bytes_of(beside(file, suffix)) > 0) copy_one(beside(file, suffix), beside(copy, suffix), code);
    }
    if (file_state(file) == before) break;
    if (attempt == kCopyAttempts) {
      throw Error(
          code,
          file.string() + ": it was written while it was copied, " + std::to_string(kCopyAttempts) + " times",
          "stop the program that writes it, or give a backup made by sqlite3's .backup");
    }
  }
  SqliteConnection connection(file_uri(copy, "mode=rw"), SQLITE_OPEN_READWRITE,
                              file.string() + " (private copy)", code);
  connection.execute("pragma journal_mode = delete; select count(*) from sqlite_schema");
  Access access;
  access.kind = AccessKind::private_copy;
  access.file = copy;
  access.copy = std::move(folder);
  return access;
}

std::string parameters_of(AccessKind kind) {
  switch (kind) {
    case AccessKind::immutable:
    case AccessKind::private_copy:
      return "mode=ro&immutable=1";
    case AccessKind::locked:
      return "mode=ro";
    case AccessKind::wal:
      return "mode=ro&readonly_shm=1";
  }
  return {};
}

/// Whether SQLite reads the file in this way without having to write. Throws for damage.
bool can_read(const Access& access, ErrorCode code) {
  SqliteConnection trial(file_uri(access.file, parameters_of(access.kind)), SQLITE_OPEN_READONLY,
                         access.file.string(), code);
  sqlite3_busy_timeout(trial.get(), kBusyMs);
  constexpr const char* kTrial = "select count(*) from sqlite_schema";
  const int rc =
      past_ending_writer([&] { return sqlite3_exec(trial.get(), kTrial, nullptr, nullptr, nullptr); });
  const int primary = rc & 0xff;
  if (primary == SQLITE_READONLY || primary == SQLITE_CANTOPEN) return false;
  if (rc != SQLITE_OK) throw trial.error(rc, {});
  return true;
}

/// The first 100 bytes of a file, as https://www.sqlite.org/fileformat2.html#the_database_header says.
struct FileHeader {
  std::int64_t file_bytes = 0;
  bool complete = false;     // 100 bytes were there
  bool is_database = false;  // it begins with "SQLite format 3" and NUL
  bool wal_mode = false;
  std::int64_t page_bytes = 0;
  std::uint32_t change_counter = 0;  // bytes 24..27
  std::int64_t page_count = 0;       // 0 where the header does not vouch for it
};

/// Absent: `file`, which is no link, cannot be opened. Reads through SQLite's own file layer: closing a
/// descriptor of our own would drop the POSIX locks of every connection that this process has to the file.
std::optional<FileHeader> read_file_header(const fs::path& file) {
  std::error_code fault;
  if (!fs::is_regular_file(file, fault)) return std::nullopt;  // opening a pipe waits for who writes it
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  const std::unique_ptr<const char, FreeFileName> name(
      sqlite3_create_filename(fs::absolute(file).c_str(), "", "", 0, nullptr));
  std::vector<std::max_align_t> memory(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) +
                                       1);
  auto* opened = reinterpret_cast<sqlite3_file*>(memory.data());
  int flags = 0;
  if (vfs->xOpen(vfs, name.get(), opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, &flags) != SQLITE_OK) {
    return std::nullopt;
  }
  FileHeader header;
  char bytes[kHeaderBytes] = {};
  sqlite3_int64 size = 0;
  opened->pMethods->xFileSize(opened, &size);
  header.complete = opened->pMethods->xRead(opened, bytes, kHeaderBytes, 0) == SQLITE_OK;
  opened->pMethods->xClose(opened);
  header.file_bytes = size;
  if (!header.complete) return header;
  header.is_database = std::memcmp(bytes, "SQLite format 3", 16) == 0;
  header.wal_mode = bytes[18] == 2;
  header.page_bytes = from_big_endian<std::uint16_t>(bytes + 16);
  if (header.page_bytes == 1) header.page_bytes = 65536;
  header.change_counter = from_big_endian<std::uint32_t>(bytes + 24);
  if (from_big_endian<std::uint32_t>(bytes + 92) == header.change_counter)
    header.page_count = from_big_endian<std::uint32_t>(bytes + 28);
  return header;
}

bool is_cut_short(const FileHeader& header) {
  return header.page_count * header.page_bytes > header.file_bytes;
}

FileHeader checked_header(const fs::path& file, ErrorCode code) {
  const std::string name = file.string();
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) {
    throw Error(code, name + ": " + std::strerror(errno), "give the path of an existing SQLite database");
  }
  if (S_ISDIR(info.st_mode))
    throw Error(code, name + " is a folder", "give the path of the database file in it");
  if (!S_ISREG(info.st_mode))
    throw Error(code, name + " is no regular file", "give the path of a database file");
  if (access(file.c_str(), R_OK) != 0) {
    throw Error(code, name + ": " + std::strerror(errno), "give this user the right to read it");
  }
  const auto header = read_file_header(file);
  if (!header) throw Error(code, name + " cannot be opened", "give this user the right to read it");
  return *header;
}

}  // namespace

Access find_access(const fs::path& given, Writers writers, ErrorCode code) {
  const fs::path file = without_links(given);
  FileHeader header = checked_header(file, code);
  std::int64_t wal_bytes = bytes_of(beside(file, "-wal"));
  bool journal = has_journal(file);
  // A writer that was ending its transaction between these looks has written the header before the last
  // pages.
  for (int look = 1; look < kLooks && is_cut_short(header) && !journal; ++look) {
    sqlite3_sleep(20);
    header = checked_header(file, code);
    wal_bytes = bytes_of(beside(file, "-wal"));
    journal = has_journal(file);
  }
  Access access;
  access.file = file;
  if (header.file_bytes == 0) {
    if (writers == Writers::likely) return access;
    throw Error(code, file.string() + " is empty: it holds no database", "give the path of the real file");
  }
  if (!header.is_database) {
    throw Error(code, file.string() + " is not a SQLite database, or it is encrypted",
                "give the decrypted database file");
  }
  if (wal_bytes == 0 && !journal) {
    if (is_cut_short(header)) {
      throw Error(code,
                  file.string() + " is cut short: its header says " + std::to_string(header.page_count) +
                      " pages of " + std::to_string(header.page_bytes) + " bytes, the file holds " +
                      std::to_string(header.file_bytes) + " bytes",
                  "copy it again from where it came, or restore it from a backup");
    }
    // A file in WAL mode without a WAL has no writer: each one makes the WAL before it reads a page.
    if (writers == Writers::absent || header.wal_mode) {
      can_read(access, code);
      return access;
    }
  }
  if (wal_bytes > 0) {
    access.kind = AccessKind::wal;
    access.notice = "a WAL of " + std::to_string(wal_bytes) + " bytes is read as well";
    if (!journal && fs::exists(beside(file, "-shm")) && can_read(access, code)) return access;
    const std::string notice = access.notice +
                               ", on a private copy: to read it in place, SQLite would write " +
                               beside(file, "-shm").filename().string();
    access = recovered_copy(file, code);
    access.notice = notice;
    return access;
  }
  access.kind = AccessKind::locked;
  if (!header.wal_mode && can_read(access, code)) return access;
  access = recovered_copy(file, code);
  access.notice = "an unfinished transaction (" + beside(file, "-journal").filename().string() +
                  ") was rolled back on a private copy; the file was left as it is";
  return access;
}

std::shared_ptr<SqliteConnection> open_for_reading(const Access& access, const std::string& shown,
                                                   ErrorCode code) {
  auto connection = std::make_shared<SqliteConnection>(file_uri(access.file, parameters_of(access.kind)),
                                                       SQLITE_OPEN_READONLY, shown, code);
  connection->keep(access.copy);
  return connection;
}

std::string file_state(const fs::path& given) {
  const fs::path file = without_links(given);
  std::string state;
  for (const char* suffix : {"", "-wal", "-journal"}) {
    struct stat info {};
    if (stat(beside(file, suffix).c_str(), &info) != 0 || (*suffix != 0 && info.st_size == 0)) continue;
    if (!state.empty()) state += ' ';
    state += std::string(*suffix == 0 ? "size" : suffix + 1) + ' ' + std::to_string(info.st_size) +
             " mtime " + std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec);
  }
  const auto header = read_file_header(file);
  if (header) state += " change " + std::to_string(header->change_counter);
  return state;
}

}  // namespace planrun
