#include "sqlite/target_file.h"

#include "sqlite/access.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

// A commit waits for readers of the whole table, and for a writer of another program; both end.
constexpr int kPatienceMs = 300'000;

// Foreign keys are checked by a step of their own, after the rows. A larger cache only for what writes: it
// also is the memory in which an index is sorted before it spills to disk.
constexpr const char* kReading = "pragma cache_size = -2000; pragma mmap_size = 0; pragma foreign_keys = off";
constexpr const char* kWriting =
    "pragma cache_size = -16000; pragma mmap_size = 0; pragma foreign_keys = off; pragma synchronous = full";

void set_up(SqliteConnection& connection, const char* settings) {
  sqlite3_busy_timeout(connection.get(), kPatienceMs);
  connection.execute(settings);
}

}  // namespace

TargetFile::TargetFile(const fs::path& file, const std::string& ledger_prefix)
    : path_(fs::absolute(file).lexically_normal()), ledger_(path_.string(), ledger_prefix), lock_(path_) {}

bool TargetFile::exists() const {
  std::error_code ignored;
  return fs::exists(path_, ignored);
}

std::string TargetFile::state() const {
  return file_state(path_);
}

std::shared_ptr<SqliteConnection> TargetFile::open_for_writing() {
  lock_.attach(true);
  auto connection = std::make_shared<SqliteConnection>(file_uri(path_, "mode=rw"), SQLITE_OPEN_READWRITE,
                                                       path_.string(), ErrorCode::target);
  connection->keep(shared_from_this());
  set_up(*connection, kWriting);
  if (!ledger_.are_in(*connection)) {
    WriteTransaction transaction(*this, connection);
    if (!ledger_.are_in(*connection)) ledger_.create(*connection);
    transaction.commit();
  }
  return connection;
}

std::shared_ptr<SqliteConnection> TargetFile::open_for_reading(bool& follows) {
  follows = false;
  std::shared_ptr<SqliteConnection> connection;
  if (!lock_.attach(false)) {
    connection = std::make_shared<SqliteConnection>(
        "file::memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, path_.string(), ErrorCode::target);
  } else {
    const Access access = find_access(path_, Writers::likely, ErrorCode::target);
    connection = planrun::open_for_reading(access, path_.string(), ErrorCode::target);
    follows = access.kind == AccessKind::locked;
    connection->keep(std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<TargetFile>>>(
        access.copy, shared_from_this()));
  }
  set_up(*connection, kReading);
  return connection;
}

std::shared_ptr<SqliteConnection> TargetConnection::writing() {
  if (!writing_) {
    reading_.reset();
    writing_ = file_->open_for_writing();
  }
  return writing_;
}

std::shared_ptr<SqliteConnection> TargetConnection::reading() {
  if (writing_) return writing_;
  if (reading_ && follows_) return reading_;
  if (std::string state = file_state(file_->path()); !reading_ || state != state_) {
    reading_ = file_->open_for_reading(follows_);
    state_ = std::move(state);
  }
  return reading_;
}

WriteTransaction::WriteTransaction(TargetFile& file, std::shared_ptr<SqliteConnection> connection)
    : file_(file), connection_(std::move(connection)) {
  if (!file_.turn().take(std::chrono::milliseconds(kPatienceMs))) {
    throw Error(ErrorCode::target,
                connection_->shown() + ": another transaction of this process does not end")
        .as_retryable();
  }
  try {
    connection_->execute("begin immediate");
  } catch (...) {
    file_.turn().give_back();
    throw;
  }
}

WriteTransaction::~WriteTransaction() {
  if (!open_) return;
  // After some errors (a full disk) SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(connection_->get()) == 0) {
    sqlite3_exec(connection_->get(), "rollback", nullptr, nullptr, nullptr);
  }
  end();
}

void WriteTransaction::commit() {
  connection_->execute("commit");
  end();
}

void WriteTransaction::end() {
  open_ = false;
  file_.turn().give_back();
}

}  // namespace planrun
