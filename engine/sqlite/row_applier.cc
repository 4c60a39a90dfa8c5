#include "sqlite/row_applier.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/applied_sql.h"
#include "sqlite/catalog.h"
#include "sqlite/storage.h"

namespace planrun {
namespace {

bool has_null(const Key& key) {
  return std::ranges::any_of(key.values, [](const KeyValue& value) { return value.kind == CellKind::null; });
}

}  // namespace

RowApplier::RowApplier(std::shared_ptr<SqliteConnection> connection, const SqliteLedgerTables& ledger,
                       const LoadTarget& load, std::string run)
    : connection_(std::move(connection)), load_(load), run_(std::move(run)), inserter_(connection_, load) {
  const TableSchema& table = *load.table;
  if (load.write != WriteMode::insert) {
    for (const std::size_t column : load.key) key_cells_.push_back(*cell_of_column(load, column));
    find_ = std::make_unique<Statement>(*connection_, find_sql(load));
  }
  std::vector<Assignment> updated;
  if (load.write == WriteMode::upsert || load.write == WriteMode::replace) {
    updated = assignments(load);
    updater_ = std::make_unique<RowWriter>(connection_, load, update_sql(load, updated));
  }
  if (!table.exists) return;
  const std::string told = "select " + row_literals_sql(table) + ", " + row_key_sql(table) + " from " +
                           quote_name(table.name) + " where ";
  by_key_ = std::make_unique<Statement>(*connection_, told + row_key_equals_sql(table, 1));
  writer_of_ = std::make_unique<Statement>(
      *connection_,
      "select load from " + ledger.undo + " where run = ?1 and \"table\" = ?2 and key = ?3 and op <> 'left'");
  undo_ = std::make_unique<Statement>(
      *connection_, "insert or abort into " + ledger.undo +
                        " (run, load, chunk, \"table\", key, op, before, after_hash) values (?1, ?2, ?3, ?4, "
                        "?5, ?6, ?7, ?8)");
  const auto row_key = table.places(table.row_key()->columns);
  const bool is_loaded = std::ranges::all_of(
      row_key, [&](std::size_t column) { return cell_of_column(load, column).has_value(); });
  left_ = std::make_unique<Statement>(
      *connection_,
      "insert or ignore into " + ledger.undo +
          " (run, load, chunk, \"table\", key, op, after_hash) values (?1, ?2, ?3, ?4, ?5, 'left', "
          "'')");
  // A row whose key the table itself has given is the one of the last rowid.
  std::vector<std::string> of_row;
  for (const std::size_t column : row_key) {
    if (!is_loaded) break;
    of_row.push_back(quote_name(table.columns[column].name) + " = " +
                     parameter(*cell_of_column(load, column)));
  }
  if (!is_loaded)
    of_row = {key_columns_sql(read_catalog_table(*connection_, table.name).order) + " = last_insert_rowid()"};
  inserted_ = std::make_unique<Statement>(*connection_, told + join(of_row, " and "));
  foreign_keys_.emplace(*connection_, load, updated, inserter_);
}

Applied RowApplier::apply(std::span<const Cell> row, std::int64_t chunk, RowFailure& failure) {
  if (has_null_key(row, failure)) return Applied::refused;
  if (find_) {
    failure.reason.clear();
    const auto found = find(row, failure);
    if (!failure.reason.empty()) return Applied::refused;
    if (found) return meet(row, *found, chunk, failure);
  }
  return insert(row, chunk, failure);
}

bool RowApplier::has_null_key(std::span<const Cell> row, RowFailure& failure) const {
  for (std::size_t i = 0; i < key_cells_.size(); ++i) {
    if (!row[key_cells_[i]].is_null()) continue;
    failure.column = load_.table->columns[load_.key[i]].name;
    failure.reason = "the key by which a row is found is null";
    return true;
  }
  return false;
}

std::optional<RowApplier::Found> RowApplier::find(std::span<const Cell> row, RowFailure& failure) {
  find_->reset();
  if (!inserter_.bind(*find_, row, failure) || !find_->step()) return std::nullopt;
  Found found = found_in(*find_, 1);
  found.same = find_->integer(0) != 0;
  find_->reset();
  return found;
}

RowApplier::Found RowApplier::found_in(Statement& row, int first) const {
  Found found;
  found.values = row.text(first);
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < load_.table->row_key()->columns.size(); ++i)
    cells.push_back(read_cell(sqlite3_column_value(row.get(), first + 1 + static_cast<int>(i))));
  found.key = key_of(cells);
  return found;
}

std::optional<std::string> RowApplier::load_that_wrote(const Key& key) {
  if (!writer_of_) return load_.load;  // in a table of the plan's own every row is the run's
  const std::string text = to_json(key);
  writer_of_->reset();
  writer_of_->bind(1, std::string_view(run_))
      .bind(2, std::string_view(load_.table->name))
      .bind(3, std::string_view(text));
  if (!writer_of_->step()) return std::nullopt;
  std::string load = writer_of_->text(0);
  writer_of_->reset();
  return load;
}

Applied RowApplier::meet(std::span<const Cell> row, const Found& found, std::int64_t chunk,
                         RowFailure& failure) {
  if (const auto load = load_that_wrote(found.key)) {
    if (found.same) return Applied::merged;
    failure.reason = "another row of the same key was written by this run";
    if (*load != load_.load) failure.reason += ", by load " + *load;
    return Applied::refused;
  }
  if (load_.write == WriteMode::insert_missing) {
    note_left(chunk, found.key);
    return Applied::left;
  }
  if (has_null(found.key)) {
    failure.column = join(load_.table->row_key()->columns, ", ");
    failure.reason =
        "the row that is there has a null in its own key, by which a rollback would have to find it";
    return Applied::refused;
  }
  if (found.same && load_.write == WriteMode::upsert) {
    write_undo(chunk, found.key, "same", nullptr, found.values);
    return Applied::unchanged;
  }
  if (!foreign_keys_->has_parents(row, failure) || !foreign_keys_->keeps_children(row, failure) ||
      !updater_->write(row, failure))
    return Applied::refused;
  const Found now = row_of(found.key);
  write_undo(chunk, now.key, "update", &found.values, now.values);
  return Applied::updated;
}

Applied RowApplier::insert(std::span<const Cell> row, std::int64_t chunk, RowFailure& failure) {
  if (foreign_keys_ && !foreign_keys_->has_parents(row, failure)) return Applied::refused;
  if (!inserter_.write(row, failure)) return Applied::refused;
  if (!load_.table->exists) return Applied::inserted;
  inserted_->reset();
  if (!inserter_.bind(*inserted_, row, failure)) return Applied::refused;
  if (!inserted_->step()) {
    throw Error(
        ErrorCode::target,
        connection_->shown() + ": table " + load_.table->name + ": a row that was inserted is not there",
        "a trigger on the table probably drops or changes rows: disable it for the run");
  }
  const Found now = found_in(*inserted_, 0);
  inserted_->reset();
  write_undo(chunk, now.key, "insert", nullptr, now.values);
  return Applied::inserted;
}

RowApplier::Found RowApplier::row_of(const Key& key) {
  by_key_->reset();
  for (std::size_t i = 0; i < key.values.size(); ++i) by_key_->bind(static_cast<int>(i) + 1, key.values[i]);
  if (!by_key_->step()) {
    throw Error(ErrorCode::target,
                connection_->shown() + ": table " + load_.table->name + ": row " + to_text(key) +
                    " is gone after it was changed",
                "a trigger on the table probably drops or changes rows: disable it for the run");
  }
  Found now = found_in(*by_key_, 0);
  by_key_->reset();
  return now;
}

// Several source rows may find the same one.
void RowApplier::note_left(std::int64_t chunk, const Key& key) {
  if (has_null(key)) return;  // which nothing could find again
  const std::string key_text = to_json(key);
  left_->bind(1, std::string_view(run_)).bind(2, std::string_view(load_.load)).bind(3, chunk);
  left_->bind(4, std::string_view(load_.table->name)).bind(5, std::string_view(key_text)).run();
}

void RowApplier::write_undo(std::int64_t chunk, const Key& key, const char* op, const std::string* before,
                            const std::string& after) {
  const std::string key_text = to_json(key);
  const std::string hash = to_hex(xxh3_128(after));
  undo_->bind(1, std::string_view(run_)).bind(2, std::string_view(load_.load)).bind(3, chunk);
  undo_->bind(4, std::string_view(load_.table->name))
      .bind(5, std::string_view(key_text))
      .bind(6, std::string_view(op));
  if (before != nullptr) {
    undo_->bind(7, std::string_view(*before));
  } else {
    undo_->bind_null(7);
  }
  undo_->bind(8, std::string_view(hash)).run();
}

}  // namespace planrun
