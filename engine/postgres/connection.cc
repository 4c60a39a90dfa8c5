#include "postgres/connection.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "postgres/conninfo.h"
#include "sql/quote.h"

namespace planrun {
namespace {

// The oldest server whose COPY, catalogs and collation functions are used here.
constexpr int kOldestServer = 130000;

// Index builds run side by side, one a worker, so each must be modest. 64 MB and 1 GB built 10 million rows
// equally fast; a server that is set up with more keeps its own value.
constexpr int kMaintenanceMemoryKb = 65536;

// Pauses between two tries, doubled each time.
constexpr int kFirstPauseMs = 25;
constexpr int kLongestPauseMs = 1000;

// How often the backend of a lost connection is looked for: about half a minute.
constexpr int kEndingTries = 40;

// PostgreSQL cuts names at 63 bytes.
constexpr std::size_t kLongestName = 63;

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

bool says_lost(const std::string& sqlstate, const std::string& severity) {
  return severity == "FATAL" || severity == "PANIC" || sqlstate.starts_with("08") || sqlstate == "57P01" ||
         sqlstate == "57P02" || sqlstate == "57P03";
}

bool may_pass_again(const std::string& sqlstate) {
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03";
}

/// As the server keeps it, so that the names can be compared.
std::string application_name_of(std::string name) {
  name.resize(std::min(name.size(), kLongestName));
  for (char& c : name) {
    if (c < ' ' || c > '~') c = '?';
  }
  return name;
}

/// libpq has no SQLSTATE of a connection that was refused. What another language says gets the general hint.
std::string connection_hint(const std::string& words) {
  const bool is_absent = words.find("does not exist") != std::string::npos;
  if (is_absent && words.find("database \"") != std::string::npos)
    return "name a database that is there (psql -l lists them), or make it: createdb NAME";
  if (is_absent && words.find("role \"") != std::string::npos)
    return "name a role that is there: postgresql://ROLE@HOST/DATABASE, or PGUSER";
  if (words.find("password authentication failed") != std::string::npos ||
      words.find("no password supplied") != std::string::npos)
    return "give the role's password: password = \"${NAME}\" beside the url, PGPASSWORD, or .pgpass";
  if (words.find("too many c") != std::string::npos ||
      words.find("connection slots are") != std::string::npos)
    return "end connections of others, or take fewer workers: -j 1";
  return "start the server, or correct the url, PGHOST, PGPORT, the service file, .pgpass or pg_hba.conf";
}

/// Whether the server answered that this role, password or database will not do, now or in a minute.
bool is_turned_away(const std::string& words) {
  constexpr std::string_view kAnswers[] = {"does not exist", "password authentication failed",
                                           "is not permitted to log in", "no pg_hba.conf entry",
                                           "permission denied for database"};
  return std::ranges::any_of(
      kAnswers, [&](std::string_view answer) { return words.find(answer) != std::string::npos; });
}

std::string message_of(const Diagnosis& d) {
  std::string message = d.message;
  if (!d.detail.empty()) message += ": " + d.detail;
  if (d.context.starts_with("COPY ")) message += " (" + d.context.substr(0, d.context.find('\n')) + ")";
  return message;
}

}  // namespace

std::string_view Result::view(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::optional<std::string> Result::optional_text(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return text(row, column);
}

std::int64_t Result::integer(int row, int column) const {
  const std::string_view digits = view(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

double Result::real(int row, int column) const {
  const std::string_view digits = view(row, column);
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::int64_t Result::affected() const {
  const std::string_view digits = PQcmdTuples(result_.get());
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

void OwnBackends::add(int pid) {
  const std::lock_guard lock(mutex_);
  pids_.insert(pid);
}

void OwnBackends::remove(int pid) {
  const std::lock_guard lock(mutex_);
  if (const auto found = pids_.find(pid); found != pids_.end()) pids_.erase(found);
}

std::vector<std::string> OwnBackends::pids() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  for (const int pid : pids_) all.push_back(std::to_string(pid));
  return all;
}

PostgresConnection::PostgresConnection(ConnectionSettings settings) : settings_(std::move(settings)) {
  settings_.application_name = application_name_of(settings_.application_name);
  const auto parameters = connection_parameters(settings_.url, settings_.application_name);
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string words = without_password(PQerrorMessage(connection_.get()), settings_.url);
    Error error(ErrorCode::unreachable, "cannot connect to " + settings_.shown_url + ": " + words,
                connection_hint(words));
    if (is_turned_away(words)) throw error;
    throw std::move(error).as_retryable();
  }
  if (server_version() < kOldestServer) {
    throw Error(ErrorCode::target, settings_.shown_url + " is PostgreSQL " +
                                       std::to_string(server_version() / 10000) +
                                       "; planrun needs PostgreSQL 13 or later");
  }
  PQsetNoticeReceiver(connection_.get(), keep_notice, this);
  pid_ = PQbackendPID(connection_.get());
  set_up();
  if (settings_.backends != nullptr) settings_.backends->add(pid_);
}

PostgresConnection::~PostgresConnection() {
  if (settings_.backends != nullptr) settings_.backends->remove(pid_);
}

void PostgresConnection::set_up() {
  // Texts of values must not depend on the server's or the user's settings. pg_catalog comes first, so no
  // function of another schema takes a built-in's place; our own statements qualify every table; a plan's
  // checks, defaults and types name theirs as in psql. row_security = off makes a policy an error where it
  // would hide rows.
  std::string sql =
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; SET "
      "extra_float_digits = 1;"
      "SET bytea_output = 'hex'; SET standard_conforming_strings = on; SET statement_timeout = 0;"
      "SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET row_security = off;"
      "SET lc_monetary = 'C'; SET array_nulls = on; SET xmloption = content;"
      "SET default_transaction_isolation = 'read committed'; SET client_min_messages = 'warning'; SET jit = "
      "off;"
      // Builds run side by side, one a worker, unless StepWork::helpers says that workers would be idle.
      "SET max_parallel_maintenance_workers = 0;"
      "SET search_path = pg_catalog, " +
      quote_name(settings_.schema) + ", public, pg_temp;";
  // A worker does not wait for the disk: a chunk's ledger row commits with its rows, so a crash of the server
  // loses both together and the chunk is pending again. The ledger's and the schema steps' commits are
  // synchronous, and the WAL is one sequence: when one of them has returned, every commit before it is on the
  // disk.
  sql += settings_.synchronous_commit ? "SET synchronous_commit = on;" : "SET synchronous_commit = off;";
  if (server_version() >= 140000) sql += "SET idle_session_timeout = 0;";
  if (server_version() >= 170000) sql += "SET transaction_timeout = 0;";
  // Not from pg_settings, which makes a row of every setting that the server has.
  sql +=
      "SELECT set_config('maintenance_work_mem',"
      " greatest(pg_size_bytes(current_setting('maintenance_work_mem')) / 1024, " +
      std::to_string(kMaintenanceMemoryKb) + ")::text, false)";
  exec(sql);
  if (server_version() >= 140000) end_with_client();
}

/// A backend at work looks for its client only when it is told to: that of a killed process would build its
/// index to the end, and hold its locks until then. Not every system can say that a client is gone.
void PostgresConnection::end_with_client() {
  try {
    exec("SET client_connection_check_interval = '100ms'");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::target) throw;
  }
}

void PostgresConnection::rename(const std::string& application_name) {
  const std::string name = application_name_of(application_name);
  exec("SELECT set_config('application_name', $1, false)", {name});
  settings_.application_name = name;
}

void PostgresConnection::keep_notice(void* self, const PGresult* notice) {
  static_cast<PostgresConnection*>(self)->notices_.push_back(field(notice, PG_DIAG_MESSAGE_PRIMARY));
}

std::vector<std::string> PostgresConnection::take_notices() {
  return std::exchange(notices_, {});
}

void PostgresConnection::must_live() const {
  if (broken()) {
    throw Error(ErrorCode::connection, "the connection to " + settings_.shown_url + " is gone")
        .as_retryable();
  }
}

void PostgresConnection::fail_lost(const std::string& words) {
  broken_ = true;
  throw Error(ErrorCode::connection, "the connection to " + settings_.shown_url +
                                         " was lost: " + without_password(words, settings_.url))
      .with_sqlstate(diagnosis_.sqlstate)
      .as_retryable();
}

void PostgresConnection::fail(const PGresult* result) {
  diagnosis_ = {field(result, PG_DIAG_SQLSTATE),        field(result, PG_DIAG_MESSAGE_PRIMARY),
                field(result, PG_DIAG_MESSAGE_DETAIL),  field(result, PG_DIAG_COLUMN_NAME),
                field(result, PG_DIAG_CONSTRAINT_NAME), field(result, PG_DIAG_CONTEXT)};
  if (result == nullptr || diagnosis_.sqlstate.empty()) fail_lost(PQerrorMessage(connection_.get()));
  if (says_lost(diagnosis_.sqlstate, field(result, PG_DIAG_SEVERITY_NONLOCALIZED)))
    fail_lost(diagnosis_.message);
  Error error = Error(ErrorCode::target, message_of(diagnosis_), field(result, PG_DIAG_MESSAGE_HINT))
                    .with_sqlstate(diagnosis_.sqlstate);
  if (may_pass_again(diagnosis_.sqlstate)) throw std::move(error).as_retryable();
  throw error;
}

Result PostgresConnection::checked(PGresult* raw, ExecStatusType alternative) {
  Result result(raw);
  const ExecStatusType status = PQresultStatus(raw);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == alternative) return result;
  fail(raw);
}

Result PostgresConnection::exec(const std::string& sql) {
  must_live();
  return checked(PQexec(connection_.get(), sql.c_str()));
}

Result PostgresConnection::exec(const std::string& sql, std::span<const Parameter> parameters) {
  must_live();
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& p : parameters) values.push_back(p ? p->c_str() : nullptr);
  return checked(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                              values.data(), nullptr, nullptr, 0));
}

void PostgresConnection::prepare(const std::string& sql) {
  must_live();
  checked(PQprepare(connection_.get(), "", sql.c_str(), 0, nullptr));
}

void PostgresConnection::start_copy_in(const std::string& sql) {
  must_live();
  checked(PQexec(connection_.get(), sql.c_str()), PGRES_COPY_IN);
}

void PostgresConnection::put_copy(std::string_view piece) {
  if (PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) != 1) {
    fail_lost(PQerrorMessage(connection_.get()));
  }
}

Result PostgresConnection::end_copy_in() {
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail_lost(PQerrorMessage(connection_.get()));
  Result first(PQgetResult(connection_.get()));
  if (first.get() != nullptr) {
    while (PGresult* more = PQgetResult(connection_.get())) PQclear(more);
  }
  if (PQresultStatus(first.get()) != PGRES_COMMAND_OK) fail(first.get());
  return first;
}

void PostgresConnection::abandon_copy_in() {
  PQputCopyEnd(connection_.get(), "given up by planrun");
  while (PGresult* result = PQgetResult(connection_.get())) PQclear(result);
  must_live();
}

void PostgresConnection::start_copy_out(const std::string& sql) {
  must_live();
  checked(PQexec(connection_.get(), sql.c_str()), PGRES_COPY_OUT);
}

PostgresConnection::Message PostgresConnection::next_copy_out(std::size_t& size) {
  char* message = nullptr;
  const int answer = PQgetCopyData(connection_.get(), &message, 0);
  if (answer > 0) {
    size = static_cast<std::size_t>(answer);
    return Message(message);
  }
  if (answer == -2) fail_lost(PQerrorMessage(connection_.get()));
  size = 0;
  Result end(PQgetResult(connection_.get()));
  while (PGresult* more = PQgetResult(connection_.get())) PQclear(more);
  if (PQresultStatus(end.get()) != PGRES_COMMAND_OK) fail(end.get());
  return nullptr;
}

void PostgresConnection::give_up(const char* rollback) noexcept {
  PGconn* c = connection_.get();
  if (broken() || PQtransactionStatus(c) == PQTRANS_IDLE) return;
  if (PQtransactionStatus(c) == PQTRANS_ACTIVE) {
    if (PQputCopyEnd(c, "given up by planrun") != 1) {  // no COPY FROM: then a COPY TO
      if (PGcancel* cancel = PQgetCancel(c)) {
        char words[256];
        PQcancel(cancel, words, sizeof words);
        PQfreeCancel(cancel);
      }
      char* message = nullptr;
      while (PQgetCopyData(c, &message, 0) > 0) PQfreemem(message);
    }
    while (PGresult* result = PQgetResult(c)) PQclear(result);
  }
  PQclear(PQexec(c, rollback));
}

void end_backend(PostgresConnection& connection, int pid) {
  for (int attempt = 0; attempt < kEndingTries; ++attempt) {
    const Result r = connection.exec(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::int AND application_name = $2"
        " AND usename = current_user AND pid <> pg_backend_pid()",
        {std::to_string(pid), connection.settings().application_name});
    if (r.rows() == 0) return;
    wait_before_retry(attempt);
  }
}

std::unique_ptr<PostgresConnection> reconnect(const ConnectionSettings& settings, int lost_pid,
                                              int patience_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  for (int attempt = 0;; ++attempt) {
    try {
      auto connection = std::make_unique<PostgresConnection>(settings);
      if (lost_pid != 0) end_backend(*connection, lost_pid);
      return connection;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::unreachable || !error.retryable() ||
          std::chrono::steady_clock::now() > end)
        throw;
    }
    wait_before_retry(attempt);
  }
}

Transaction::Transaction(PostgresConnection& connection, const std::string& begin) : connection_(connection) {
  connection_.exec(begin);
}

Transaction::~Transaction() {
  if (open_) connection_.give_up();
}

void Transaction::commit() {
  open_ = false;
  commit_transaction(connection_);
}

void commit_transaction(PostgresConnection& connection) {
  connection.must_live();
  try {
    if (connection.exec("COMMIT").command() == "COMMIT") return;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::connection) throw;
    throw Error(error).as_in_doubt();
  }
  throw Error(ErrorCode::target, "the server rolled the transaction back where it was told to commit");
}

bool blames_a_row(std::string_view sqlstate) {
  if (sqlstate == "22P04") return false;  // bad COPY format: the encoder's fault, not a row's
  for (const std::string_view wrong_row : {"21", "22", "23", "27", "38", "39", "44", "P0"}) {
    if (sqlstate.starts_with(wrong_row)) return true;
  }
  return false;
}

std::string array_literal(std::span<const std::string> values) {
  std::string literal = "{";
  for (const auto& value : values) {
    if (literal.size() > 1) literal += ',';
    literal += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return literal + "}";
}

std::string qualified(std::string_view schema, std::string_view name) {
  return quote_name(schema) + "." + quote_name(name);
}

void wait_before_retry(int attempt) {
  std::this_thread::sleep_for(
      std::chrono::milliseconds(std::min(kFirstPauseMs << std::min(attempt, 6), kLongestPauseMs)));
}

}  // namespace planrun
