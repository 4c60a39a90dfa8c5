#include "sqlite/source.h"

#include <algorithm>
#include <mutex>

#include "base/json.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/catalog.h"
#include "sqlite/expression.h"
#include "sqlite/inspector.h"
#include "sqlite/integrity.h"
#include "sqlite/own_collations.h"
#include "sqlite/reader.h"
#include "sqlite/row_finder.h"
#include "sqlite/schema_parts.h"
#include "sqlite/snapshot.h"
#include "sqlite/sqlite.h"
#include "sqlite/subset.h"
#include "sqlite/table_rows.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostRanges = 100'000;

// A few MB hold the inner pages of any table; mmap would count as our memory. The file is not trusted:
// query_only keeps its schema from writing, and what it can call are SQLite's own functions, as the process
// registers none and loads no extensions. trusted_schema stays on, as without it no file opens that has
// json_extract() in an index or a generated column (https://www.sqlite.org/c3ref/c_deterministic.html:
// SQLITE_INNOCUOUS, which SQLite's JSON functions are not). CHECKs (perhaps of functions that only the
// application knows) are not asked again.
constexpr const char* kSettings =
    "pragma cache_size = -8000; pragma mmap_size = 0; pragma query_only = on; pragma trusted_schema = on; "
    "pragma cell_size_check = on; pragma ignore_check_constraints = on";

class SqliteSource : public Source {
 public:
  SqliteSource(std::shared_ptr<SqliteConnection> connection, std::optional<AddedColumn> added)
      : connection_(std::move(connection)), added_(std::move(added)) {}

  std::vector<SourceTable> tables() override {
    std::vector<SourceTable> tables;
    const auto sequences = read_sequences(*connection_);
    for (auto& found : read_catalog(*connection_)) {
      try {
        estimate(*connection_, found);
      } catch (const Error& error) {
        throw error.within("table " + quote_for_message(found.table.name));
      }
      set_sequence(found.table, sequences);
      if (added_) found.table.columns.push_back({added_->name, "TEXT", true});
      tables.push_back(std::move(found.table));
    }
    return tables;
  }

  std::vector<SchemaPart> schema_parts() override { return read_schema_parts(connection_); }

  std::string row_as_json(const std::string& table, const Key& key) override;
  std::vector<Range> ranges(const std::string& table, std::int64_t rows) override;

  std::unique_ptr<Reader> read(const ReadRequest& request, const Range& range) override {
    return make_reader(connection_, request, range, added_ ? &*added_ : nullptr);
  }

  QueryResult query(const std::string& sql) override { return run_query(*connection_, sql); }

  std::string refuse_expression(const std::string& table, const std::string& expr) override {
    const std::string rows =
        added_ ? rows_sql(read_catalog_table(*connection_, table), &*added_) : quote_name(table);
    return planrun::refuse_expression(*connection_, rows, expr);
  }

 private:
  std::shared_ptr<SqliteConnection> connection_;
  std::optional<AddedColumn> added_;
  std::optional<RowFinder> row_finder_;
};

// Rejects come table by table.
std::string SqliteSource::row_as_json(const std::string& table, const Key& key) {
  if (!row_finder_ || row_finder_->table() != table) row_finder_.emplace(connection_, table);
  std::string json = row_finder_->json_of(key);
  if (json.empty() || !added_) return json;
  return "{" + Json(added_->name).dump() + ":" + Json(added_->value).dump() + "," + json.substr(1);
}

std::vector<Range> SqliteSource::ranges(const std::string& table, std::int64_t rows) {
  CatalogTable found = read_catalog_table(*connection_, table);
  std::vector<Range> ranges;
  if (!found.order.is_rowid) return {Range{}};
  estimate(*connection_, found);
  const std::int64_t count =
      std::min((found.table.estimated_rows - 1) / std::max<std::int64_t>(rows, 1) + 1, kMostRanges);
  if (count <= 1) return {Range{}};
  const std::string from = " from " + quote_name(table) + found.order.b_tree + ")";
  const std::string& rowid = found.order.parts[0].column;
  Statement ends(*connection_,
                 "select (select min(" + rowid + ")" + from + ", (select max(" + rowid + ")" + from);
  ends.step();
  // Modulo 2^64: the distance of two rowids may not fit an int64.
  const auto least = static_cast<std::uint64_t>(ends.integer(0));
  const std::uint64_t distance = static_cast<std::uint64_t>(ends.integer(1)) - least;
  const std::uint64_t step = distance / static_cast<std::uint64_t>(count) + 1;
  std::optional<Key> begin;
  for (std::uint64_t i = 1; i < static_cast<std::uint64_t>(count) && step <= distance / i; ++i) {
    Key end = rowid_key(static_cast<std::int64_t>(least + i * step));
    ranges.push_back({begin, end});
    begin = std::move(end);
  }
  ranges.push_back({begin, std::nullopt});
  return ranges;
}

class SqliteSourceDatabase : public SourceDatabase {
 public:
  explicit SqliteSourceDatabase(const fs::path& file, Writers writers = Writers::absent)
      : file_(fs::absolute(file).lexically_normal()),
        writers_(writers),
        access_(find_access(file_, writers_, ErrorCode::source)),
        access_state_(file_state(file_)) {}

  std::unique_ptr<Source> connect() override { return make_sqlite_source(open()); }
  void check_integrity(const std::atomic<bool>& stop) override { planrun::check_integrity(*open(), stop); }

  std::unique_ptr<Inspector> inspect() {
    auto connection = open();
    auto source = make_sqlite_source(connection);
    return make_inspector(std::move(connection), std::move(source), {shown_url(), notices()});
  }

  SourceState state() override { return {file_state(file_)}; }
  Snapshot snapshot(const fs::path& file, const CopyGrowth& growth) override {
    return take_snapshot(file_, file, growth);
  }

  Snapshot subset(const fs::path& file, const std::vector<TableRows>& rows) override {
    const auto connection = open();
    return make_whole(file, [&](const fs::path& partial) { write_subset(*connection, rows, partial); });
  }

  std::unique_ptr<SourceDatabase> at_snapshot(const fs::path& file) override {
    return std::make_unique<SqliteSourceDatabase>(file);
  }

  std::unique_ptr<SourceDatabase> while_written() override {
    return std::make_unique<SqliteSourceDatabase>(file_, Writers::likely);
  }

  std::string shown_url() const override { return "sqlite:" + file_.string(); }

  std::vector<std::string> notices() const override {
    const std::lock_guard lock(mutex_);
    if (access_.notice.empty()) return {};
    return {access_.notice};
  }

 private:
  std::shared_ptr<SqliteConnection> open() { return open_as_source(current_access(), file_, writers_); }

  /// A private copy is kept as long as the file stays as it was.
  Access current_access() {
    const std::lock_guard lock(mutex_);
    if (const std::string state = file_state(file_); state != access_state_) {
      access_ = find_access(file_, writers_, ErrorCode::source);
      access_state_ = state;
    }
    return access_;
  }

  fs::path file_;
  Writers writers_;
  mutable std::mutex mutex_;
  Access access_;
  std::string access_state_;
};

}  // namespace

std::shared_ptr<SqliteConnection> open_as_source(const Access& access, const fs::path& file,
                                                 Writers writers) {
  auto connection = open_for_reading(access, file.string(), ErrorCode::source);
  sqlite3_busy_timeout(connection->get(), kBusyMs);
  connection->execute(kSettings);
  stand_in_for_collations(*connection);
  // One view for the life of the connection where somebody may write. In a file with a rollback journal it
  // would keep every writer from its COMMIT (https://www.sqlite.org/lockingv3.html).
  if (access.kind == AccessKind::wal || (access.kind == AccessKind::locked && writers == Writers::absent)) {
    connection->execute("begin; select count(*) from sqlite_schema");
  }
  return connection;
}

std::unique_ptr<Source> make_sqlite_source(std::shared_ptr<SqliteConnection> connection,
                                           std::optional<AddedColumn> added) {
  return std::make_unique<SqliteSource>(std::move(connection), std::move(added));
}

std::unique_ptr<SourceDatabase> open_sqlite_source(const fs::path& file) {
  return std::make_unique<SqliteSourceDatabase>(file);
}

std::unique_ptr<Inspector> open_sqlite_inspector(const fs::path& file) {
  return SqliteSourceDatabase(file).inspect();
}

}  // namespace planrun
