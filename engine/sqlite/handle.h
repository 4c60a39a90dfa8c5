// A SQLite connection and its statements as C++: freed by their owners, and every error an Error that names
// the file, the statement and SQLite's words.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "base/error.h"
#include "data/cell.h"
#include "data/key.h"
#include "database/source.h"

namespace planrun {

/// How long one waits for another's lock.
inline constexpr int kBusyMs = 60'000;

/// SQLite's answer to `work`, which is done again for a moment where a reader takes the journal of a writer
/// that is just ending its transaction for one that a dead writer left (pager.c, hasHotJournal).
template <typename Work>
int past_ending_writer(Work&& work) {
  constexpr int kTries = 10;
  for (int attempt = 1;; ++attempt) {
    const int rc = work();
    if (rc != SQLITE_READONLY_ROLLBACK || attempt == kTries) return rc;
    sqlite3_sleep(20);
  }
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// What pragma_table_list says of a table, a view, a virtual or a shadow table.
struct ListedTable {
  std::string type;
  bool without_rowid = false;
  bool strict = false;
};

/// One thread at a time.
class SqliteConnection {
 public:
  /// Opens `uri` (file:...) with SQLITE_OPEN_* `flags`; `shown` and `code` (source or target) go into its
  /// errors.
  SqliteConnection(const std::string& uri, int flags, std::string shown, ErrorCode code);

  sqlite3* get() const { return handle_.get(); }
  const std::string& shown() const { return shown_; }
  ErrorCode code() const { return code_; }

  /// Runs statements without results, separated by semicolons.
  void execute(const std::string& sql);
  /// What SQLite said last, as an Error: constraint violations with their SQLSTATE, a locked file as
  /// retryable.
  Error error(int rc, std::string_view sql) const;
  /// Reads "quoted" that names no column as a string, as old schemas do; off unless asked.
  void allow_quoted_strings(bool allow);
  /// By its exact name; null: there is none. Valid until the next call. Asked for one name, pragma_table_list
  /// looks at every table: the whole list is kept for as long as the schema is the same.
  const ListedTable* find_table(const std::string& name);
  /// Kept until this connection is closed (a private copy's folder).
  void keep(std::shared_ptr<const void> thing) { kept_ = std::move(thing); }

 private:
  struct ListedTables {
    std::int64_t schema_version = -1;  // that it is of; -1: of none
    std::map<std::string, ListedTable> tables;
  };
  void list_tables();

  std::shared_ptr<const void> kept_;  // before handle_: goes after it
  std::unique_ptr<ListedTables> list_ =
      std::make_unique<ListedTables>();  // as kept_: SQLite knows where it is
  DatabaseHandle handle_;
  std::string shown_;
  ErrorCode code_;
};

/// Parameters count from 1, columns from 0, as in SQLite. Lives shorter than its connection.
class Statement {
 public:
  Statement(SqliteConnection& connection, std::string_view sql);
  /// The first of several statements; `rest` becomes what follows it.
  Statement(SqliteConnection& connection, std::string_view sql, std::string_view& rest);

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, int value) { return bind(parameter, std::int64_t{value}); }
  Statement& bind(int parameter, double value);
  Statement& bind(int parameter, std::string_view text);  // `text` must outlive the steps
  Statement& bind_null(int parameter);
  Statement& bind(int parameter, const KeyValue& value);  // as above

  /// True: a row. Throws for anything but a row or the end.
  bool step();
  /// Nothing but blanks and comments: not to be stepped.
  bool is_empty() const { return handle_ == nullptr; }
  /// Runs a statement to its end and resets it.
  void run();
  void reset() { sqlite3_reset(handle_.get()); }

  bool is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  double real(int column) const { return sqlite3_column_double(handle_.get(), column); }
  std::string text(int column) const;

  sqlite3_stmt* get() const { return handle_.get(); }
  Error error(int rc) const;

 private:
  void check(int rc) const;
  SqliteConnection* connection_;
  StatementHandle handle_;
};

/// "file:" and the absolute path, percent-encoded, and "?" `parameters`.
std::string file_uri(const std::filesystem::path& file, std::string_view parameters);

/// Without a copy: valid until the statement moves on. Text comes as UTF-8 whatever the database's encoding.
inline Cell read_cell(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return Cell::of_integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return Cell::of_real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      if (text == nullptr) throw Error(ErrorCode::system, "out of memory while a text was read");
      return Cell::of_text({text, static_cast<std::size_t>(sqlite3_value_bytes(value))});
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
      return Cell::of_blob(
          {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(sqlite3_value_bytes(value))});
    }
    default:
      return Cell::of_null();
  }
}

/// All rows of one query as text: integers plain, reals in their shortest decimal, blobs as \x and
/// hexadecimal digits.
QueryResult run_query(SqliteConnection& connection, const std::string& sql);

}  // namespace planrun
