#include "sqlite/handle.h"

#include <cmath>

#include "base/decimal.h"
#include "base/text.h"

namespace planrun {
namespace {

constexpr std::size_t kShownStatementBytes = 300;

std::string sqlstate_of(int rc) {
  switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return "23505";
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return "23503";
    case SQLITE_CONSTRAINT_NOTNULL:
      return "23502";
    case SQLITE_CONSTRAINT_CHECK:
      return "23514";
    default:
      return {};
  }
}

std::string hint_for(int rc, ErrorCode code) {
  switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds a lock on the file: end it or wait, then run the same command again";
    case SQLITE_FULL:
      return "free disk space, then run the same command again";
    case SQLITE_CORRUPT:
      return code == ErrorCode::source
                 ? "the file is damaged: restore it from a backup, or salvage it with sqlite3's .recover"
                 : "the file is damaged: restore it from a backup";
    case SQLITE_NOTADB:
      return "it is not a SQLite database, or it is encrypted: give the decrypted file";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "give this user the right to write the file and its folder";
    default:
      return {};
  }
}

/// A version of the schema that is rolled back may come again with another schema.
void forget_version(void* schema_version) {
  *static_cast<std::int64_t*>(schema_version) = -1;
}

}  // namespace

SqliteConnection::SqliteConnection(const std::string& uri, int flags, std::string shown, ErrorCode code)
    : shown_(std::move(shown)), code_(code) {
  // Nobody asks how much memory SQLite has taken, and all threads would share one lock to count it. Before
  // SQLite's first use; later it changes nothing.
  static const int kUncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kUncounted);
  sqlite3* opened = nullptr;
  // NOMUTEX: a connection is used by one thread at a time, and a mutex a cell would cost.
  const int rc =
      sqlite3_open_v2(uri.c_str(), &opened, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(opened);
  if (rc != SQLITE_OK) throw error(rc, {});
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_rollback_hook(opened, forget_version, &list_->schema_version);
  allow_quoted_strings(false);
}

void SqliteConnection::execute(const std::string& sql) {
  const int rc = past_ending_writer([&] {
    const int answer = sqlite3_exec(get(), sql.c_str(), nullptr, nullptr, nullptr);
    // What stands behind a BEGIN begins again with it.
    if (answer == SQLITE_READONLY_ROLLBACK && sqlite3_get_autocommit(get()) == 0)
      sqlite3_exec(get(), "rollback", nullptr, nullptr, nullptr);
    return answer;
  });
  if (rc != SQLITE_OK) throw error(rc, sql);
}

Error SqliteConnection::error(int rc, std::string_view sql) const {
  std::string message = shown_ + ": ";
  message += get() == nullptr ? sqlite3_errstr(rc) : sqlite3_errmsg(get());
  if (!sql.empty()) message += " [" + quote_for_message(sql, kShownStatementBytes) + "]";
  Error e = Error(code_, message, hint_for(rc, code_)).with_sqlstate(sqlstate_of(rc));
  const int primary = rc & 0xff;
  return primary == SQLITE_BUSY || primary == SQLITE_LOCKED ? std::move(e).as_retryable() : e;
}

void SqliteConnection::allow_quoted_strings(bool allow) {
  sqlite3_db_config(get(), SQLITE_DBCONFIG_DQS_DML, allow ? 1 : 0, nullptr);
  sqlite3_db_config(get(), SQLITE_DBCONFIG_DQS_DDL, allow ? 1 : 0, nullptr);
}

const ListedTable* SqliteConnection::find_table(const std::string& name) {
  Statement version(*this, "pragma main.schema_version");
  version.step();
  if (list_->schema_version != version.integer(0)) {
    version.reset();
    list_tables();
  }
  const auto found = list_->tables.find(name);
  return found == list_->tables.end() ? nullptr : &found->second;
}

void SqliteConnection::list_tables() {
  list_->schema_version = -1;
  list_->tables.clear();
  // In one statement: no writer comes between the list and its version.
  Statement row(*this,
                "select l.name, l.type, l.wr, l.strict, v.schema_version from pragma_schema_version v "
                "cross join pragma_table_list l where l.schema = 'main'");
  std::int64_t version = -1;
  while (row.step()) {
    list_->tables[row.text(0)] = {row.text(1), row.integer(2) != 0, row.integer(3) != 0};
    version = row.integer(4);
  }
  list_->schema_version = version;
}

Statement::Statement(SqliteConnection& connection, std::string_view sql, std::string_view& rest)
    : connection_(&connection) {
  sqlite3_stmt* prepared = nullptr;
  const char* tail = nullptr;
  const int rc = past_ending_writer([&] {
    return sqlite3_prepare_v3(connection.get(), sql.data(), static_cast<int>(sql.size()),
                              SQLITE_PREPARE_PERSISTENT, &prepared, &tail);
  });
  handle_.reset(prepared);
  if (rc != SQLITE_OK) throw connection.error(rc, sql);
  rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
}

Statement::Statement(SqliteConnection& connection, std::string_view sql) : Statement(connection, sql, sql) {
  if (is_empty()) throw Error(connection.code(), connection.shown() + ": the statement is empty");
  if (const std::string_view rest = trim(sql); !rest.empty()) {
    throw Error(connection.code(),
                connection.shown() + ": one statement is expected, more follows: " + quote_for_message(rest));
  }
}

void Statement::check(int rc) const {
  if (rc != SQLITE_OK) throw error(rc);
}

Error Statement::error(int rc) const {
  const char* sql = sqlite3_sql(handle_.get());
  return connection_->error(rc, sql == nullptr ? "" : sql);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, double value) {
  check(sqlite3_bind_double(handle_.get(), parameter, value));
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  check(sqlite3_bind_text64(handle_.get(), parameter, text.data() == nullptr ? "" : text.data(), text.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  check(sqlite3_bind_null(handle_.get(), parameter));
  return *this;
}

Statement& Statement::bind(int parameter, const KeyValue& value) {
  switch (value.kind) {
    case CellKind::null:
      return bind_null(parameter);
    case CellKind::integer:
      return bind(parameter, value.integer);
    case CellKind::real:
      return bind(parameter, value.real);
    case CellKind::text:
      return bind(parameter, std::string_view(value.bytes));
    case CellKind::blob:
      check(sqlite3_bind_blob64(handle_.get(), parameter, value.bytes.data(), value.bytes.size(),
                                SQLITE_STATIC));
      return *this;
  }
  return *this;
}

bool Statement::step() {
  const int rc = past_ending_writer([&] { return sqlite3_step(handle_.get()); });
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  Error e = error(rc);
  reset();
  throw e;
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string file_uri(const std::filesystem::path& file, std::string_view parameters) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).lexically_normal().string()) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += '%' + to_hex(std::string_view(&c, 1));
    }
  }
  if (!parameters.empty()) uri += '?' + std::string(parameters);
  return uri;
}

namespace {

std::string query_text(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::integer:
      return std::to_string(cell.integer);
    case CellKind::real: {
      if (std::isinf(cell.real)) return cell.real > 0 ? "Infinity" : "-Infinity";
      std::string text;
      append_shortest_decimal(cell.real, text);
      return text;
    }
    case CellKind::blob:
      return "\\x" + to_hex(cell.bytes);
    default:
      return std::string(cell.bytes);
  }
}

}  // namespace

QueryResult run_query(SqliteConnection& connection, const std::string& sql) {
  Statement statement(connection, sql);
  QueryResult result;
  const int count = sqlite3_column_count(statement.get());
  for (int i = 0; i < count; ++i) result.columns.emplace_back(sqlite3_column_name(statement.get(), i));
  while (statement.step()) {
    auto& row = result.rows.emplace_back();
    for (int i = 0; i < count; ++i) {
      const Cell cell = read_cell(sqlite3_column_value(statement.get(), i));
      row.push_back(cell.is_null() ? std::nullopt : std::optional(query_text(cell)));
    }
  }
  return result;
}

}  // namespace planrun
