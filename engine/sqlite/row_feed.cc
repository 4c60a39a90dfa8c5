#include "sqlite/row_feed.h"

#include <exception>

namespace planrun {
namespace {

// A module of virtual tables (https://www.sqlite.org/vtab.html) without xCreate: its one table is there under
// the module's name, in no schema and no file.

struct FeedVtab : sqlite3_vtab {
  const FeedTable* table = nullptr;
};

struct FeedCursor : sqlite3_vtab_cursor {
  RowFeed* feed = nullptr;
  const Cell* row = nullptr;
};

int connect_feed(sqlite3* database, void* table, int, const char* const*, sqlite3_vtab** out, char**) {
  const auto* fed = static_cast<const FeedTable*>(table);
  std::string columns;
  for (std::size_t i = 0; i < fed->columns(); ++i) columns += (i == 0 ? "c" : ", c") + std::to_string(i);
  const int rc = sqlite3_declare_vtab(database, ("create table x(" + columns + ")").c_str());
  if (rc != SQLITE_OK) return rc;
  auto vtab = std::make_unique<FeedVtab>();
  vtab->table = fed;
  *out = vtab.release();
  return SQLITE_OK;
}

int disconnect_feed(sqlite3_vtab* vtab) {
  delete static_cast<FeedVtab*>(vtab);
  return SQLITE_OK;
}

int plan_feed(sqlite3_vtab*, sqlite3_index_info*) {
  return SQLITE_OK;
}

int open_feed(sqlite3_vtab* vtab, sqlite3_vtab_cursor** out) {
  auto cursor = std::make_unique<FeedCursor>();
  cursor->feed = &static_cast<FeedVtab*>(vtab)->table->feed();
  *out = cursor.release();
  return SQLITE_OK;
}

int close_feed(sqlite3_vtab_cursor* cursor) {
  delete static_cast<FeedCursor*>(cursor);
  return SQLITE_OK;
}

// No exception goes through SQLite: what a feed may throw is that memory is out.
int next_row(sqlite3_vtab_cursor* at) {
  auto* cursor = static_cast<FeedCursor*>(at);
  try {
    cursor->row = cursor->feed->next();
  } catch (const std::exception&) {
    return SQLITE_NOMEM;
  }
  return SQLITE_OK;
}

int begin_rows(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  return next_row(cursor);
}

int has_no_row(sqlite3_vtab_cursor* cursor) {
  return static_cast<FeedCursor*>(cursor)->row == nullptr ? 1 : 0;
}

int read_column(sqlite3_vtab_cursor* cursor, sqlite3_context* out, int n) {
  const Cell& cell = static_cast<FeedCursor*>(cursor)->row[n];
  switch (cell.kind) {
    case CellKind::null:
      sqlite3_result_null(out);
      break;
    case CellKind::integer:
      sqlite3_result_int64(out, cell.integer);
      break;
    case CellKind::real:
      sqlite3_result_double(out, cell.real);
      break;
    case CellKind::text:
      sqlite3_result_text64(out, cell.bytes.data() == nullptr ? "" : cell.bytes.data(), cell.bytes.size(),
                            SQLITE_STATIC, SQLITE_UTF8);
      break;
    case CellKind::blob:
      sqlite3_result_blob64(out, cell.bytes.data() == nullptr ? "" : cell.bytes.data(), cell.bytes.size(),
                            SQLITE_STATIC);
      break;
  }
  return SQLITE_OK;
}

int read_rowid(sqlite3_vtab_cursor*, sqlite3_int64* out) {
  *out = 0;
  return SQLITE_OK;
}

sqlite3_module make_module() {
  sqlite3_module module{};
  module.xConnect = connect_feed;
  module.xDisconnect = disconnect_feed;
  module.xBestIndex = plan_feed;
  module.xOpen = open_feed;
  module.xClose = close_feed;
  module.xFilter = begin_rows;
  module.xNext = next_row;
  module.xEof = has_no_row;
  module.xColumn = read_column;
  module.xRowid = read_rowid;
  return module;
}

}  // namespace

FeedTable::FeedTable(SqliteConnection& connection, std::string name, std::size_t columns, RowFeed& feed)
    : connection_(connection), name_(std::move(name)), columns_(columns), feed_(feed) {
  static const sqlite3_module kModule = make_module();
  const int rc = sqlite3_create_module_v2(connection_.get(), name_.c_str(), &kModule, this, nullptr);
  if (rc != SQLITE_OK) throw connection_.error(rc, {});
}

FeedTable::~FeedTable() {
  sqlite3_create_module_v2(connection_.get(), name_.c_str(), nullptr, nullptr, nullptr);
}

}  // namespace planrun
