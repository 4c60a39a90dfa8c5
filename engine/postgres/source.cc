#include "postgres/source.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "postgres/schema_parts.h"
#include "sql/calls.h"
#include "sql/quote.h"

namespace planrun {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostRanges = 1000;

// STABLE functions that another transaction answers otherwise; what is VOLATILE the server says. All other
// STABLE ones depend on settings, which are the same in each of our connections.
constexpr std::array<std::string_view, 19> kOfAMoment = {
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "current_timestamp",
    "localtimestamp",
    "age/1",
    "'now'",
    "'today'",
    "'tomorrow'",
    "'yesterday'",
    "txid_current",
    "pg_backend_pid",
    "current_user",
    "session_user",
    "pg_current_snapshot",
    "pg_current_xact_id",
};

std::string value_json(const Cell& cell) {
  const std::string list = to_json(key_of({&cell, 1}));
  return list.substr(1, list.size() - 2);
}

class PostgresSource : public Source {
 public:
  PostgresSource(ConnectionSettings settings, const std::shared_ptr<const Moment>& moment, bool is_shared,
                 std::shared_ptr<const PostgresSample> sample)
      : settings_(std::move(settings)),
        connections_(moment),
        is_shared_(is_shared),
        sample_(std::move(sample)) {}

  std::vector<SourceTable> tables() override {
    std::vector<SourceTable> tables;
    for (const auto& found : catalog()) tables.push_back(found.table);
    return tables;
  }

  std::vector<SchemaPart> schema_parts() override;

  std::string row_as_json(const std::string& table, const Key& key) override;
  std::vector<Range> ranges(const std::string& table, std::int64_t rows) override;
  std::vector<Range> blocks(const PostgresTable& table, std::int64_t count);

  std::unique_ptr<Reader> read(const ReadRequest& request, const Range& range) override {
    return read_source({settings_, connections_}, find(request.table), request, range);
  }

  std::optional<std::int64_t> counted_rows(const std::string& table) override;
  std::string asked(const std::string& sql);
  QueryResult query(const std::string& sql) override;
  std::string refuse_expression(const std::string& table, const std::string& expr) override;

 private:
  /// What `work` does with a connection; one that fails is rolled back, so that it can be used again.
  template <typename Work>
  auto with_connection(const Work& work) {
    const auto connection = connections_.take();
    try {
      return work(*connection);
    } catch (const Error& error) {
      connection->give_up();
      throw source_error(error, settings_);
    }
  }

  const std::vector<PostgresTable>& catalog() {
    if (!sample_) return connections_.moment().catalog();
    if (!sampled_) {
      sampled_ = connections_.moment().catalog();
      for (auto& table : *sampled_) table = sampled(std::move(table), *sample_, settings_);
    }
    return *sampled_;
  }

  const PostgresTable& find(const std::string& name) {
    for (const auto& found : catalog()) {
      if (found.table.name == name) return found;
    }
    throw Error(ErrorCode::source, settings_.shown_url + ": there is no table " + quote_for_message(name));
  }

  ConnectionSettings settings_;
  MomentConnections connections_;
  bool is_shared_;
  std::shared_ptr<const PostgresSample> sample_;             // null: all rows
  std::optional<std::map<std::string, std::string>> views_;  // by name, where a sample is asked
  std::optional<std::vector<PostgresTable>> sampled_;        // the moment's tables, where a sample is read
};

std::vector<SchemaPart> PostgresSource::schema_parts() {
  const auto& tables = catalog();
  return with_connection([&](PostgresConnection& connection) {
    return schema_parts_of(tables, read_source_objects(connection, settings_.schema));
  });
}

std::string PostgresSource::row_as_json(const std::string& name, const Key& key) {
  const PostgresTable& table = find(name);
  if (table.key.empty() || key.values.size() != table.key.size()) return {};
  ReadRequest request;
  request.table = name;
  for (const auto& column : table.table.columns) {
    if (!column.generated) request.inputs.push_back({column.name, {}});
  }
  const auto reader = read_source({settings_, connections_}, table, request, {key, std::nullopt}, 1);
  std::vector<Cell> cells(request.inputs.size());
  if (reader->next(cells) != ReadOutcome::row || reader->key() != key) return {};
  std::string json = "{";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    json += (i == 0 ? "" : ",") + value_json(Cell::of_text(request.inputs[i].column)) + ":" +
            value_json(cells[i]);
  }
  return json + "}";
}

/// A range without a key is not cut when it turns out long, so it is short from the start.
std::vector<Range> PostgresSource::blocks(const PostgresTable& table, std::int64_t count) {
  constexpr std::int64_t kMostBlocks = 4096;  // 32 MB
  count = std::clamp(table.blocks / kMostBlocks + 1, count, kMostRanges);
  if (count <= 1 || table.blocks < count) return {Range{}};
  if (!connections_.moment().hold(table.table.name)) return {Range{}};
  std::vector<Range> ranges;
  std::optional<Key> begin;
  for (std::int64_t i = 1; i < count; ++i) {
    const Key end = rowid_key(table.blocks * i / count);
    ranges.push_back({begin, end});
    begin = end;
  }
  ranges.push_back({begin, std::nullopt});
  return ranges;
}

std::vector<Range> PostgresSource::ranges(const std::string& name, std::int64_t rows) {
  const PostgresTable& table = find(name);
  const std::int64_t count =
      std::min(table.table.estimated_rows / std::max<std::int64_t>(rows, 1) + 1, kMostRanges);
  if (table.key.empty()) return is_shared_ && !sample_ ? blocks(table, count) : std::vector<Range>{Range{}};
  if (count <= 1 || sample_) return {Range{}};
  std::vector<Range> ranges;
  std::optional<Key> begin;
  for (Key& end : with_connection(
           [&](PostgresConnection& connection) { return spread_keys(connection, table, count); })) {
    ranges.push_back({begin, end});
    begin = std::move(end);
  }
  ranges.push_back({begin, std::nullopt});
  return ranges;
}

std::optional<std::int64_t> PostgresSource::counted_rows(const std::string& name) {
  const PostgresTable& table = find(name);
  if (table.key.empty() || sample_) return std::nullopt;
  return with_connection([&](PostgresConnection& connection) {
    const std::string from = " FROM " + from_sql(settings_, table);
    connections_.moment().require_unchanged(connection, "SELECT" + from + " LIMIT 0");
    const Result counted = connection.exec(
        "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan "
        "= off; SELECT count(*)" +
        from);
    return counted.integer(0, 0);
  });
}

/// Of the sample, where the source is one.
std::string PostgresSource::asked(const std::string& sql) {
  if (!sample_) return sql;
  if (!views_) {
    views_ = with_connection(
        [&](PostgresConnection& connection) { return read_view_queries(connection, settings_.schema); });
  }
  return sampled_query(sql, catalog(), *views_, settings_);
}

QueryResult PostgresSource::query(const std::string& sql) {
  const std::string query = asked(sql);
  return with_connection([&](PostgresConnection& connection) {
    const Result found = connection.exec(query, {});
    connections_.moment().require_unchanged(connection);
    QueryResult result;
    for (int c = 0; c < found.columns(); ++c) result.columns.push_back(found.column_name(c));
    for (int r = 0; r < found.rows(); ++r) {
      auto& row = result.rows.emplace_back();
      for (int c = 0; c < found.columns(); ++c) row.push_back(found.optional_text(r, c));
    }
    return result;
  });
}

std::string PostgresSource::refuse_expression(const std::string& name, const std::string& expr) {
  const PostgresTable& table = find(name);
  const auto calls = parse_calls(expr);
  if (!calls) return calls.fault.message;
  for (const auto& call : *calls.value) {
    if (std::find(kOfAMoment.begin(), kOfAMoment.end(), call) != kOfAMoment.end())
      return call + " gives another answer when a row is read again";
  }
  try {
    return with_connection([&](PostgresConnection& connection) -> std::string {
      // Aggregates and functions of many rows are no condition.
      connection.prepare("SELECT FROM " + from_sql(settings_, table) + " WHERE (" + expr + "\n) IS NOT NULL");
      const Result changing = connection.exec(
          "SELECT proname FROM pg_proc WHERE proname = ANY ($1::text[]) AND provolatile = 'v' LIMIT 1",
          {array_literal(*calls.value)});
      if (changing.rows() == 0) return {};
      return changing.text(0, 0) + "() is volatile: it may give another answer when a row is read again";
    });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::source) throw;
    return error.what();
  }
}

class PostgresSourceDatabase : public SourceDatabase {
 public:
  explicit PostgresSourceDatabase(const PostgresOptions& options,
                                  std::shared_ptr<const Moment> moment = nullptr,
                                  std::shared_ptr<const PostgresSample> sample = nullptr,
                                  std::string sample_state = {})
      : settings_(source_settings(options)),
        options_(options),
        moment_(std::move(moment)),
        sample_(std::move(sample)),
        sample_state_(std::move(sample_state)) {}

  std::unique_ptr<Source> connect() override {
    return make_postgres_source(settings_, moment_ ? moment_ : std::make_shared<const Moment>(settings_),
                                moment_ != nullptr, sample_);
  }

  /// What stands at one moment does not change; a server that only follows another tells how far it is.
  SourceState state() override {
    if (sample_) return {sample_state_};
    if (moment_) return {"one moment"};
    PostgresConnection connection(settings_);
    return {connection
                .exec("SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE "
                      "pg_current_wal_insert_lsn() END",
                      {})
                .text(0, 0)};
  }

  Snapshot snapshot(const fs::path&, const CopyGrowth&) override {
    throw Error(ErrorCode::refused,
                "a PostgreSQL source cannot be copied into a file: " + settings_.shown_url,
                "it is read as it stands at one moment");
  }

  /// The file names the rows; they stay where they are.
  Snapshot subset(const fs::path& file, const std::vector<TableRows>& rows) override {
    const std::string text = to_json(rows);
    replace_file(file, text);
    return {file, static_cast<std::int64_t>(text.size())};
  }

  std::unique_ptr<SourceDatabase> at_snapshot(const fs::path& file) override {
    std::string beginning(1, ' ');
    std::ifstream(file, std::ios::binary).read(beginning.data(), 1);
    const auto text = beginning == "{" ? read_whole_file(file) : std::nullopt;
    if (!text) {
      throw Error(ErrorCode::refused,
                  "the run reads " + file.string() + ", which is no sample of " + settings_.shown_url,
                  "put the source's url back as it was, or take the run back and begin a new one");
    }
    auto sample = std::make_shared<const PostgresSample>(sample_from_json(*text, file.string()));
    return std::make_unique<PostgresSourceDatabase>(options_, moment_ ? moment_ : shared_moment(),
                                                    std::move(sample), "sample " + sha256_hex(*text));
  }

  bool has_moments() const override { return true; }

  std::unique_ptr<SourceDatabase> at_moment() override {
    return std::make_unique<PostgresSourceDatabase>(options_, shared_moment(), sample_, sample_state_);
  }

  std::string moment_id() const override { return moment_ ? moment_->id() : ""; }

  std::unique_ptr<SourceDatabase> at_shared_moment(const std::string& id) override {
    return std::make_unique<PostgresSourceDatabase>(options_, std::make_shared<const Moment>(settings_, id),
                                                    sample_, sample_state_);
  }

  std::unique_ptr<SourceDatabase> while_written() override {
    return std::make_unique<PostgresSourceDatabase>(options_, nullptr, sample_, sample_state_);
  }

  std::string shown_url() const override { return settings_.shown_url; }
  std::vector<std::string> notices() const override { return {}; }

 private:
  std::shared_ptr<const Moment> shared_moment() {
    const std::lock_guard lock(mutex_);
    auto moment = shared_.lock();
    if (!moment) moment = std::make_shared<const Moment>(settings_);
    shared_ = moment;
    return moment;
  }

  ConnectionSettings settings_;
  PostgresOptions options_;
  std::shared_ptr<const Moment> moment_;  // null: each Source has its own
  std::shared_ptr<const PostgresSample> sample_;
  std::string sample_state_;
  std::mutex mutex_;
  std::weak_ptr<const Moment> shared_;  // of at_moment()
};

}  // namespace

ConnectionSettings source_settings(const PostgresOptions& options) {
  return {options.url, options.shown_url, options.schema, "planrun source", true, nullptr};
}

std::unique_ptr<Source> make_postgres_source(ConnectionSettings settings,
                                             const std::shared_ptr<const Moment>& moment, bool is_shared,
                                             std::shared_ptr<const PostgresSample> sample) {
  return std::make_unique<PostgresSource>(std::move(settings), moment, is_shared, std::move(sample));
}

std::unique_ptr<SourceDatabase> open_postgres_source(const PostgresOptions& options) {
  return std::make_unique<PostgresSourceDatabase>(options, nullptr);
}

}  // namespace planrun
