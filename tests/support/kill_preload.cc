// A library for LD_PRELOAD that ends planrun, or a connection of its, at one exact point of a run. It counts
// the points at which a run's state is about to change or has just changed, in both targets, and keeps the
// kind of each:
//
//   b s a  before a COMMIT to PostgreSQL, after it was sent and before it was answered, after the answer
//   c      before each piece of a COPY, before and after its end
//   q      before any other statement for PostgreSQL
//   B A    before and after a COMMIT to SQLite
//   f u    inside such a COMMIT: before a sync, before the journal is unlinked
//   i      before every 97th row that goes into SQLite
//   w      before any other statement that writes to SQLite
//
// Nothing is synced: what a process has written outlives its death, and hundreds of runs are done sooner.
//
// PLANRUN_KILL_AT=N             the process kills itself with SIGKILL at point N (from 1)
// PLANRUN_KILL_SIGNAL=NUMBER    with another signal
// PLANRUN_KILL_COUNT_FILE=FILE  at the end of the process FILE holds the kinds of all its points, in order
// PLANRUN_DROP_AT=N             the connection is shut at the Nth COMMIT to PostgreSQL, right after it was
//                               sent: in doubt
// PLANRUN_DROP_BEFORE=1         with PLANRUN_DROP_AT: before it is sent
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr int kRowStride = 97;

long number_of(const char* variable) {
  const char* text = std::getenv(variable);
  return text ? std::atol(text) : 0;
}

class Points {
 public:
  void write() {
    if (const char* file = std::getenv("PLANRUN_KILL_COUNT_FILE")) std::ofstream(file) << kinds_;
  }
  void reach(char kind) {
    const std::lock_guard lock(mutex_);
    kinds_ += kind;
    if (static_cast<long>(kinds_.size()) == kill_at_) kill(getpid(), signal_);
  }
  void reach_row() {
    const std::lock_guard lock(mutex_);
    if (++rows_ % kRowStride != 0) return;
    kinds_ += 'i';
    if (static_cast<long>(kinds_.size()) == kill_at_) kill(getpid(), signal_);
  }
  /// Whether the COMMIT that is under way is the one to drop.
  bool drops_next_commit() {
    const std::lock_guard lock(mutex_);
    return ++commits_ == drop_at_;
  }

 private:
  std::mutex mutex_;
  std::string kinds_;
  long rows_ = 0;
  long commits_ = 0;
  const long kill_at_ = number_of("PLANRUN_KILL_AT");
  const int signal_ =
      std::getenv("PLANRUN_KILL_SIGNAL") ? static_cast<int>(number_of("PLANRUN_KILL_SIGNAL")) : SIGKILL;
  const long drop_at_ = number_of("PLANRUN_DROP_AT");
};

/// Never destroyed: a sync may come while the process is ending.
Points& points() {
  static Points& all = *new Points;
  return all;
}

[[gnu::destructor]] void write_points() {
  points().write();
}

/// The connection whose COMMIT this thread has sent and not yet seen answered.
thread_local PGconn* committing = nullptr;
/// A COMMIT that sqlite3_exec has counted already: whether its sqlite3_step comes by here depends on how
/// SQLite was linked.
thread_local bool inside_commit = false;

bool begins_with(const char* sql, std::string_view word) {
  if (sql == nullptr) return false;
  while (*sql == ' ' || *sql == '\n' || *sql == '\t') ++sql;
  return strncasecmp(sql, word.data(), word.size()) == 0;
}

bool is_commit(const char* sql) {
  return begins_with(sql, "commit") || begins_with(sql, "end");
}

template <typename Function>
Function real(Function, const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}
#define REAL(function) real(&function, #function)

void shut(PGconn* connection) {
  shutdown(PQsocket(connection), SHUT_RDWR);
}

/// Sends by `send`, with the points around it where `sql` is a COMMIT.
template <typename Send>
int send_counted(PGconn* connection, const char* sql, Send send) {
  if (!is_commit(sql)) {
    points().reach('q');
    return send();
  }
  const bool drop = points().drops_next_commit();
  const bool drop_before = drop && number_of("PLANRUN_DROP_BEFORE") != 0;
  points().reach('b');
  if (drop_before) shut(connection);
  const int sent = send();
  PQflush(connection);
  points().reach('s');
  if (drop && !drop_before) shut(connection);
  committing = connection;
  return sent;
}

/// What PQexec answers: the last result.
PGresult* last_result(PGconn* connection) {
  PGresult* last = nullptr;
  while (PGresult* next = PQgetResult(connection)) {
    PQclear(last);
    last = next;
  }
  return last ? last : PQmakeEmptyPGresult(connection, PGRES_FATAL_ERROR);
}

}  // namespace

extern "C" {

PGresult* PQgetResult(PGconn* connection) {
  static const auto next = REAL(PQgetResult);
  PGresult* result = next(connection);
  if (result == nullptr && committing == connection) {
    committing = nullptr;
    points().reach('a');
  }
  return result;
}

int PQsendQuery(PGconn* connection, const char* sql) {
  static const auto next = REAL(PQsendQuery);
  return send_counted(connection, sql, [&] { return next(connection, sql); });
}

int PQsendQueryParams(PGconn* connection, const char* sql, int count, const Oid* types,
                      const char* const* values, const int* lengths, const int* formats, int result_format) {
  static const auto next = REAL(PQsendQueryParams);
  return send_counted(connection, sql, [&] {
    return next(connection, sql, count, types, values, lengths, formats, result_format);
  });
}

PGresult* PQexec(PGconn* connection, const char* sql) {
  static const auto next = REAL(PQexec);
  if (!is_commit(sql)) {
    points().reach('q');
    return next(connection, sql);
  }
  PQsendQuery(connection, sql);
  return last_result(connection);
}

PGresult* PQexecParams(PGconn* connection, const char* sql, int count, const Oid* types,
                       const char* const* values, const int* lengths, const int* formats, int result_format) {
  static const auto next = REAL(PQexecParams);
  if (!is_commit(sql)) {
    points().reach('q');
    return next(connection, sql, count, types, values, lengths, formats, result_format);
  }
  PQsendQueryParams(connection, sql, count, types, values, lengths, formats, result_format);
  return last_result(connection);
}

PGresult* PQexecPrepared(PGconn* connection, const char* name, int count, const char* const* values,
                         const int* lengths, const int* formats, int result_format) {
  static const auto next = REAL(PQexecPrepared);
  points().reach('q');
  return next(connection, name, count, values, lengths, formats, result_format);
}

int PQputCopyData(PGconn* connection, const char* buffer, int size) {
  static const auto next = REAL(PQputCopyData);
  points().reach('c');
  return next(connection, buffer, size);
}

int PQputCopyEnd(PGconn* connection, const char* message) {
  static const auto next = REAL(PQputCopyEnd);
  points().reach('c');
  const int done = next(connection, message);
  points().reach('c');
  return done;
}

int sqlite3_step(sqlite3_stmt* statement) {
  static const auto next = REAL(sqlite3_step);
  const char* sql = sqlite3_sql(statement);
  if (is_commit(sql)) {
    if (inside_commit) return next(statement);
    points().reach('B');
    const int code = next(statement);
    points().reach('A');
    return code;
  }
  if (begins_with(sql, "insert")) {
    points().reach_row();
  } else if (sqlite3_stmt_readonly(statement) == 0) {
    points().reach('w');
  }
  return next(statement);
}

int sqlite3_exec(sqlite3* database, const char* sql, int (*callback)(void*, int, char**, char**),
                 void* argument, char** message) {
  static const auto next = REAL(sqlite3_exec);
  if (!is_commit(sql)) {
    points().reach('w');
    return next(database, sql, callback, argument, message);
  }
  points().reach('B');
  inside_commit = true;
  const int code = next(database, sql, callback, argument, message);
  inside_commit = false;
  points().reach('A');
  return code;
}

int fsync(int) {
  points().reach('f');
  return 0;
}

int fdatasync(int) {
  points().reach('f');
  return 0;
}

int unlink(const char* path) noexcept {
  static const auto next = REAL(unlink);
  if (std::string_view(path).ends_with("-journal")) points().reach('u');
  return next(path);
}

}  // extern "C"
