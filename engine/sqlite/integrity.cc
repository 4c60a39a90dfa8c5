#include "sqlite/integrity.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "sqlite/catalog.h"
#include "sqlite/page_walk.h"

namespace planrun {
namespace {

constexpr std::size_t kShownDamage = 5;
// Without a number quick_check stops after a hundred, which the pages of one index may be.
constexpr std::size_t kMostTold = 100'000;
constexpr auto kLookPause = std::chrono::milliseconds(50);

/// Ends the statements of a connection when `stop` is set. quick_check is a few instructions, so that a
/// progress handler would hardly be asked.
class Interruptible {
 public:
  Interruptible(SqliteConnection& connection, const std::atomic<bool>& stop)
      : watch_([&connection, &stop](const std::stop_token& ended) {
          std::mutex mutex;
          std::condition_variable_any changed;
          std::unique_lock lock(mutex);
          while (!changed.wait_for(lock, ended, kLookPause, [&] { return ended.stop_requested(); })) {
            if (stop) sqlite3_interrupt(connection.get());
          }
        }) {}

 private:
  std::jthread watch_;
};

/// What quick_check says of values, not of the file: rows that break a NOT NULL, CHECK or STRICT column.
bool is_about_values(const std::string& message) {
  return message.starts_with("NULL value in ") || message.starts_with("CHECK constraint failed") ||
         message.find(" value in ") != std::string::npos;
}

/// "Page 5 is never used", "On tree page 5 cell 3: ...", "Tree 2 page 5 cell 3: ...": 5.
std::optional<std::int64_t> page_of(const std::string& message) {
  constexpr std::string_view kWord = "age ";
  const auto at = message.find(kWord);
  if (at == std::string::npos) return std::nullopt;
  std::int64_t page = 0;
  const char* begin = message.data() + at + kWord.size();
  const auto [end, fault] = std::from_chars(begin, message.data() + message.size(), page);
  if (fault != std::errc() || page < 1) return std::nullopt;
  return page;
}

class IntegrityCheck {
 public:
  explicit IntegrityCheck(SqliteConnection& connection) : connection_(connection) {}

  std::vector<std::string> run() {
    // Each page is looked at once, beside connections that use their memory better.
    connection_.execute("pragma cache_size = -1000");
    Statement check(connection_, "pragma quick_check(" + std::to_string(kMostTold) + ")");
    try {
      while (check.step()) {
        for (const auto& line : split(check.text(0), '\n')) add(line);
      }
    } catch (const Error& error) {
      const int code = sqlite3_errcode(connection_.get()) & 0xff;
      if (code == SQLITE_INTERRUPT) throw;
      // All pages were looked at before the values, whose generated columns may fail.
      if (code != SQLITE_ERROR) damage_.emplace_back(error.what());
    }
    if (told_ >= kMostTold) damage_.emplace_back("and more");
    return std::move(damage_);
  }

 private:
  void add(const std::string& line) {
    if (line.empty() || line == "ok" || line.starts_with("*** in database ")) return;
    if (is_about_values(line) || is_about_own_order(line)) return;
    ++told_;
    if (damage_.size() < kShownDamage && !is_of_index(line)) damage_.push_back(line);
  }

  /// Rows stand in an order that only the application knows.
  bool is_about_own_order(const std::string& line) {
    constexpr std::string_view kStart = "row not in PRIMARY KEY order for ";
    return line.starts_with(kStart) &&
           read_catalog_table(connection_, line.substr(kStart.size())).order.parts.empty();
  }

  /// A page of an index's kind holds rows only of a table without rowids.
  bool is_of_index(const std::string& line) {
    const auto page = page_of(line);
    return page && !has_tables_without_rowid() && is_index_page(*page);
  }

  bool has_tables_without_rowid() {
    if (!without_rowid_) {
      Statement any(connection_, "select 1 from pragma_table_list where schema = 'main' and wr limit 1");
      without_rowid_ = any.step();
    }
    return *without_rowid_;
  }

  /// By the first byte of its header (https://www.sqlite.org/fileformat2.html, 1.6).
  bool is_index_page(std::int64_t page) {
    constexpr unsigned char kInner = 2;
    constexpr unsigned char kLeaf = 10;
    if (!page_bytes_) look_at_file();
    unsigned char kind = 0;
    return *page_bytes_ > 0 &&
           file_->pMethods->xRead(file_, &kind, 1, (page - 1) * *page_bytes_) == SQLITE_OK &&
           (kind == kInner || kind == kLeaf);
  }

  void look_at_file() {
    Statement size(connection_, "pragma page_size");
    Statement mode(connection_, "pragma journal_mode");
    // With a WAL the file's page may be another one by now.
    const bool is_whole =
        size.step() && mode.step() && mode.text(0) != "wal" &&
        sqlite3_file_control(connection_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file_) == SQLITE_OK &&
        file_ != nullptr && file_->pMethods != nullptr;
    page_bytes_ = is_whole ? size.integer(0) : 0;
  }

  SqliteConnection& connection_;
  std::size_t told_ = 0;  // of pages
  std::vector<std::string> damage_;
  std::optional<bool> without_rowid_;
  std::optional<std::int64_t> page_bytes_;  // 0: what the file holds does not tell
  sqlite3_file* file_ = nullptr;
};

}  // namespace

void check_integrity(SqliteConnection& connection, const std::atomic<bool>& stop) {
  std::vector<std::string> damage;
  try {
    if (has_whole_pages(connection, stop)) return;
    const Interruptible interruptible(connection, stop);
    damage = IntegrityCheck(connection).run();
  } catch (const Error&) {
    if (stop) throw Error(ErrorCode::interrupted, "stopped on request");
    throw;
  }
  if (damage.empty()) return;
  throw Error(
      connection.code(),
      connection.shown() + " is damaged, and may have lost rows that no query finds: " + join(damage, "; "),
      "restore it from a backup, or salvage it with sqlite3's .recover");
}

}  // namespace planrun
