#include "sqlite/row_writer.h"

#include <algorithm>

#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/dialect.h"

namespace planrun {
namespace {

std::string names_of(const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(quote_name(column));
  return join(names, ", ");
}

// ABORT, also where a constraint of the table says REPLACE or IGNORE: no other row goes, and none is left
// out.
std::string insert_sql(const std::string& table, const std::vector<std::string>& columns) {
  if (columns.empty()) return "insert or abort into " + quote_name(table) + " default values";
  return "insert or abort into " + quote_name(table) + " (" + names_of(columns) + ") values (" +
         join(std::vector<std::string>(columns.size(), "?"), ", ") + ")";
}

// FAIL: the rows before a refused one stay, and it alone is not there.
std::string insert_all_sql(const std::string& table, const std::vector<std::string>& columns,
                           const std::string& feed) {
  return "insert or fail into " + quote_name(table) + " (" + names_of(columns) + ") select * from " +
         quote_name(feed);
}

}  // namespace

// The rows of a batch that can be stored; the others are failures.
class RowWriter::BatchFeed : public RowFeed {
 public:
  explicit BatchFeed(RowWriter& writer) : writer_(writer) {}

  void begin(const RowBatch& rows, std::int64_t first, std::vector<RowFailure>& failures) {
    rows_ = &rows;
    place_ = 0;
    first_ = first;
    failures_ = &failures;
    given_ = 0;
  }

  /// Rows that were told since begin() or the last add().
  std::int64_t given() const { return given_; }

  const Cell* next() override {
    while (place_ < rows_->size()) {
      RowFailure failure;
      const std::span<const Cell> row = rows_->row(place_++);
      if (writer_.store(row, failure) && writer_.has_rowid(row, failure)) {
        ++given_;
        return writer_.stored_.data();
      }
      note(std::move(failure));
    }
    return nullptr;
  }

  /// Of the row told last.
  void add(RowFailure failure) {
    note(std::move(failure));
    given_ = 0;
  }

 private:
  void note(RowFailure failure) {
    failure.ordinal = first_ + static_cast<std::int64_t>(place_) - 1;
    failures_->push_back(std::move(failure));
  }

  RowWriter& writer_;
  const RowBatch* rows_ = nullptr;
  std::size_t place_ = 0;
  std::int64_t first_ = 0;
  std::int64_t given_ = 0;
  std::vector<RowFailure>* failures_ = nullptr;
};

RowWriter::RowWriter(std::shared_ptr<SqliteConnection> connection, const LoadTarget& load,
                     const std::string& sql)
    : connection_(std::move(connection)),
      load_(load.load),
      table_(load.table),
      scratch_(load.columns.size()),
      stored_(load.columns.size()) {
  const ColumnSchema* rowid = rowid_column(*table_);
  for (std::size_t i = 0; i < load.columns.size(); ++i) {
    const ColumnSchema& column = table_->columns[load.columns[i]];
    columns_.push_back(stored_column(column));
    names_.push_back(column.name);
    if (&column == rowid) rowid_ = i;
  }
  statement_ =
      std::make_unique<Statement>(*connection_, sql.empty() ? insert_sql(table_->name, names_) : sql);
}

RowWriter::~RowWriter() = default;

bool RowWriter::store(std::span<const Cell> row, RowFailure& failure) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (store_cell(columns_[i], row[i], stored_[i], scratch_[i], failure.reason)) continue;
    failure.column = names_[i];
    return false;
  }
  return true;
}

// SQLite gives a null rowid a number of its own, NOT NULL or not.
bool RowWriter::has_rowid(std::span<const Cell> row, RowFailure& failure) const {
  if (rowid_ >= row.size() || !row[rowid_].is_null()) return true;
  failure.column = names_[rowid_];
  failure.reason = "NOT NULL constraint failed: " + table_->name + "." + failure.column;
  return false;
}

bool RowWriter::bind(Statement& statement, std::span<const Cell> row, RowFailure& failure) {
  if (!store(row, failure)) return false;
  const auto parameters = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement.get()));
  for (std::size_t i = 0; i < std::min(row.size(), parameters); ++i) {
    if (!bind_stored(statement.get(), static_cast<int>(i) + 1, stored_[i]))
      return refuse(*statement_, sqlite3_extended_errcode(connection_->get()), failure);
  }
  return true;
}

bool RowWriter::write(std::span<const Cell> row, RowFailure& failure) {
  if (!bind(*statement_, row, failure) || !has_rowid(row, failure)) return false;
  const int rc = sqlite3_step(statement_->get());
  if (rc != SQLITE_DONE) {
    refuse(*statement_, rc, failure);
    require_written(0);
    return false;
  }
  statement_->reset();
  // A trigger may RAISE(IGNORE): then no row is there, and last_insert_rowid() is another one's.
  require_written(1);
  return true;
}

void RowWriter::write(const RowBatch& rows, std::int64_t first, std::vector<RowFailure>& failures) {
  if (!insert_all_) {
    feed_ = std::make_unique<BatchFeed>(*this);
    feed_table_ =
        std::make_unique<FeedTable>(*connection_, "planrun: rows of load " + load_, columns_.size(), *feed_);
    insert_all_ =
        std::make_unique<Statement>(*connection_, insert_all_sql(table_->name, names_, feed_table_->name()));
  }
  feed_->begin(rows, first, failures);
  for (int rc = SQLITE_OK; (rc = sqlite3_step(insert_all_->get())) != SQLITE_DONE;) {
    // FAIL is for constraints: of other refusals nobody knows whether the rows before stayed.
    if ((rc & 0xff) != SQLITE_CONSTRAINT) throw_and_reset(*insert_all_, rc);
    RowFailure failure;
    refuse(*insert_all_, rc, failure);
    require_written(feed_->given() - 1);
    feed_->add(std::move(failure));
  }
  insert_all_->reset();
  require_written(feed_->given());
}

// With a trigger SQLite reads all rows before it writes the first; what the trigger raises may take back
// those before, or leave the one that is refused.
void RowWriter::require_written(std::int64_t rows) const {
  const std::int64_t written = sqlite3_changes64(connection_->get());
  if (written == rows) return;
  throw Error(ErrorCode::target,
              connection_->shown() + ": table " + table_->name + " took " + std::to_string(written) + " of " +
                  counted(rows, "row") + " given to it",
              "a trigger on the table probably drops or changes rows: drop it for the run, and run the same "
              "command again");
}

bool RowWriter::refuse(Statement& statement, int rc, RowFailure& failure) {
  const int primary = rc & 0xff;
  const bool is_row = primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH;
  // Some errors roll the whole transaction back; then it is not one row that is missing.
  if (!is_row || sqlite3_get_autocommit(connection_->get()) != 0) throw_and_reset(statement, rc);
  failure.reason = sqlite3_errmsg(connection_->get());
  failure.column = column_in(failure.reason);
  statement.reset();
  return false;
}

void RowWriter::throw_and_reset(Statement& statement, int rc) {
  const Error error = statement.error(rc);
  statement.reset();
  throw error;
}

/// "NOT NULL constraint failed: t.a", "UNIQUE constraint failed: t.a, t.b", "CHECK constraint failed:
/// t_a_check". "FOREIGN KEY constraint failed" does not say which: it is known where the table has one.
std::string RowWriter::column_in(const std::string& message) const {
  const std::size_t colon = message.find(" constraint failed: ");
  if (colon == std::string::npos) {
    const bool is_known = message.starts_with("FOREIGN KEY") && table_->foreign_keys.size() == 1;
    return is_known ? join(table_->foreign_keys.front().columns, ", ") : "";
  }
  const std::string rest = message.substr(colon + std::string_view(" constraint failed: ").size());
  if (message.starts_with("CHECK")) {
    for (const auto& check : table_->checks) {
      if (rest == check.name || rest == check.sql) return check.column;
    }
    return {};
  }
  const std::string prefix = table_->name + ".";
  std::vector<std::string> columns;
  for (const std::string& part : split(rest, ',')) {
    const std::string each(trim(part));
    columns.push_back(each.starts_with(prefix) ? each.substr(prefix.size()) : "");
    if (table_->find(columns.back()) == nullptr) return {};
  }
  return join(columns, ", ");
}

}  // namespace planrun
