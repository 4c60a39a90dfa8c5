// A connection to PostgreSQL and what it answers: libpq's handles, and its errors as Error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

namespace planrun {

/// A statement's parameter, as text; absent: null. Must not hold NUL.
using Parameter = std::optional<std::string>;

/// Rows of a statement's answer, as text. Views live as long as the Result.
class Result {
 public:
  explicit Result(PGresult* result) : result_(result) {}
  PGresult* get() const { return result_.get(); }
  int rows() const { return PQntuples(result_.get()); }
  int columns() const { return PQnfields(result_.get()); }
  std::string column_name(int column) const { return PQfname(result_.get(), column); }
  bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) == 1; }
  std::string_view view(int row, int column) const;
  std::string text(int row, int column) const { return std::string(view(row, column)); }
  std::optional<std::string> optional_text(int row, int column) const;
  std::int64_t integer(int row, int column) const;
  double real(int row, int column) const;
  bool truth(int row, int column) const { return view(row, column) == "t"; }
  /// Rows that the command changed or copied.
  std::int64_t affected() const;
  /// "COMMIT", "ROLLBACK", "INSERT 0 3".
  std::string_view command() const { return PQcmdStatus(result_.get()); }

 private:
  struct Deleter {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Deleter> result_;
};

/// The parts of a server error that a message alone does not tell.
struct Diagnosis {
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string column;
  std::string constraint;
  std::string context;
};

/// Backends that this process has open on one target. Any thread.
class OwnBackends {
 public:
  void add(int pid);
  void remove(int pid);
  std::vector<std::string> pids() const;

 private:
  mutable std::mutex mutex_;
  std::multiset<int> pids_;
};

struct ConnectionSettings {
  std::string url;
  std::string shown_url;
  std::string schema;            // of the plan's tables: where a plan's own SQL finds its names
  std::string application_name;  // at most 63 bytes, longer ones are cut
  bool synchronous_commit = true;
  OwnBackends* backends = nullptr;  // told of this connection while it lives; outlives it
};

/// Every call may throw Error: code `connection` (retryable) when the connection is gone, else `target` with
/// the server's SQLSTATE. One thread at a time.
class PostgresConnection {
 public:
  explicit PostgresConnection(ConnectionSettings settings);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// Any number of statements, without parameters; the last one's answer.
  Result exec(const std::string& sql);
  /// Exactly one statement.
  Result exec(const std::string& sql, std::span<const Parameter> parameters);
  Result exec(const std::string& sql, std::initializer_list<Parameter> parameters) {
    return exec(sql, std::span<const Parameter>(parameters.begin(), parameters.size()));
  }
  /// Only parsed and analysed by the server: says whether it would take the statement.
  void prepare(const std::string& sql);

  /// COPY ... FROM STDIN: start, pieces of any size, end. An error of the server shows at the end.
  void start_copy_in(const std::string& sql);
  void put_copy(std::string_view piece);
  Result end_copy_in();
  /// Ends it without the rows; the transaction is aborted then.
  void abandon_copy_in();
  /// COPY ... TO STDOUT: start, then messages until an empty pointer; `size` is the message's.
  struct MessageDeleter {
    void operator()(char* message) const { PQfreemem(message); }
  };
  using Message = std::unique_ptr<char, MessageDeleter>;
  void start_copy_out(const std::string& sql);
  Message next_copy_out(std::size_t& size);
  /// Ends a COPY of either direction that nobody wants any more, and rolls back. Quiet, for destructors.
  void give_up(const char* rollback = "ROLLBACK") noexcept;

  /// Throws Error(connection) when the connection is known to be gone.
  void must_live() const;
  bool broken() const { return broken_ || PQstatus(connection_.get()) == CONNECTION_BAD; }
  /// No transaction and no COPY is open.
  bool idle() const { return PQtransactionStatus(connection_.get()) == PQTRANS_IDLE; }
  int pid() const { return pid_; }
  int server_version() const { return PQserverVersion(connection_.get()); }
  std::string database() const { return PQdb(connection_.get()); }
  std::string user() const { return PQuser(connection_.get()); }
  const ConnectionSettings& settings() const { return settings_; }
  /// Changes application_name, here and on the server.
  void rename(const std::string& application_name);
  const Diagnosis& last_diagnosis() const { return diagnosis_; }
  /// Notices and warnings of the server since the last call.
  std::vector<std::string> take_notices();

 private:
  Result checked(PGresult* result, ExecStatusType alternative = PGRES_COMMAND_OK);
  [[noreturn]] void fail(const PGresult* result);
  [[noreturn]] void fail_lost(const std::string& words);
  void set_up();
  void end_with_client();
  static void keep_notice(void* self, const PGresult* notice);

  struct Deleter {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  ConnectionSettings settings_;
  std::unique_ptr<PGconn, Deleter> connection_;
  int pid_ = 0;
  bool broken_ = false;
  Diagnosis diagnosis_;
  std::vector<std::string> notices_;
};

/// Connects again after a loss: tries until the server answers, about `patience_ms` at most. The backend
/// `lost_pid` of the lost connection is ended first.
std::unique_ptr<PostgresConnection> reconnect(const ConnectionSettings& settings, int lost_pid,
                                              int patience_ms = 30'000);

/// Ends the backend of a lost connection of the same name, and waits until it has decided its transaction and
/// is gone.
void end_backend(PostgresConnection& connection, int pid);

/// Rolls back when it goes without commit().
class Transaction {
 public:
  explicit Transaction(PostgresConnection& connection, const std::string& begin = "BEGIN");
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  PostgresConnection& connection_;
  bool open_ = true;
};

/// COMMIT. Throws Error(target) when the server answers that it rolled back, and Error(connection) with
/// in_doubt() when the connection was lost after COMMIT was sent.
void commit_transaction(PostgresConnection& connection);

/// True for an SQLSTATE that says that some row is wrong, not the statement.
bool blames_a_row(std::string_view sqlstate);

/// '{"a","b"}': a text[] parameter.
std::string array_literal(std::span<const std::string> values);

/// "schema"."name".
std::string qualified(std::string_view schema, std::string_view name);

/// How often a statement is tried whose error says that it may pass.
inline constexpr int kTries = 6;
/// Sleeps between two tries: longer each time, at most a second.
void wait_before_retry(int attempt);

}  // namespace planrun
