#include "sqlite/row_writer.h"

#include "sql/quote.h"
#include "sqlite/dialect.h"

namespace planrun {
namespace {

std::string insert_sql(const LoadTarget& load) {
  std::string names;
  std::string values;
  for (const std::size_t i : load.columns) {
    names += (names.empty() ? "" : ", ") + quote_name(load.table->columns[i].name);
    values += values.empty() ? "?" : ", ?";
  }
  if (names.empty()) return "insert into " + quote_name(load.table->name) + " default values";
  return "insert into " + quote_name(load.table->name) + " (" + names + ") values (" + values + ")";
}

}  // namespace

RowWriter::RowWriter(std::shared_ptr<SqliteConnection> connection, const LoadTarget& load,
                     const std::string& sql)
    : connection_(std::move(connection)),
      table_(load.table),
      scratch_(load.columns.size()),
      statement_(std::make_unique<Statement>(*connection_, sql.empty() ? insert_sql(load) : sql)) {
  const ColumnSchema* rowid = rowid_column(*table_);
  for (std::size_t i = 0; i < load.columns.size(); ++i) {
    const ColumnSchema& column = table_->columns[load.columns[i]];
    columns_.push_back(stored_column(column));
    names_.push_back(column.name);
    if (&column == rowid) rowid_ = i;
  }
}

bool RowWriter::bind(Statement& statement, std::span<const Cell> row, RowFailure& failure) {
  const auto parameters = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement.get()));
  for (std::size_t i = 0; i < std::min(row.size(), parameters); ++i) {
    std::string reason;
    if (!bind_cell(statement.get(), static_cast<int>(i) + 1, columns_[i], row[i], scratch_[i], reason)) {
      if (reason.empty()) return refuse(sqlite3_extended_errcode(connection_->get()), failure);
      failure.column = names_[i];
      failure.reason = std::move(reason);
      return false;
    }
  }
  return true;
}

bool RowWriter::write(std::span<const Cell> row, RowFailure& failure) {
  if (!bind(*statement_, row, failure)) return false;
  // SQLite gives a null rowid a number of its own, NOT NULL or not.
  if (rowid_ < row.size() && row[rowid_].is_null()) {
    failure.column = names_[rowid_];
    failure.reason = "NOT NULL constraint failed: " + table_->name + "." + failure.column;
    return false;
  }
  const int rc = sqlite3_step(statement_->get());
  if (rc == SQLITE_DONE) {
    statement_->reset();
    return true;
  }
  return refuse(rc, failure);
}

bool RowWriter::refuse(int rc, RowFailure& failure) {
  const int primary = rc & 0xff;
  const bool is_row = primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH;
  // Some errors roll the whole transaction back; then it is not one row that is missing.
  if (!is_row || sqlite3_get_autocommit(connection_->get()) != 0) {
    const Error error = statement_->error(rc);
    statement_->reset();
    throw error;
  }
  failure.reason = sqlite3_errmsg(connection_->get());
  failure.column = column_in(failure.reason);
  statement_->reset();
  return false;
}

/// "NOT NULL constraint failed: t.a", "UNIQUE constraint failed: t.a, t.b", "CHECK constraint failed:
/// t_a_check".
std::string RowWriter::column_in(const std::string& message) const {
  const std::size_t colon = message.find(" constraint failed: ");
  if (colon == std::string::npos) return {};
  const std::string rest = message.substr(colon + std::string_view(" constraint failed: ").size());
  if (message.starts_with("CHECK")) {
    for (const auto& check : table_->checks) {
      if (rest == check.name || rest == check.sql) return check.column;
    }
    return {};
  }
  const std::string prefix = table_->name + ".";
  if (!rest.starts_with(prefix)) return {};
  const std::string column = rest.substr(prefix.size());
  return table_->find(column) == nullptr ? std::string() : column;
}

}  // namespace planrun
