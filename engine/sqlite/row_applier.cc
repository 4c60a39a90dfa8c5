#include "sqlite/row_applier.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "sql/quote.h"
#include "sqlite/storage.h"

namespace planrun {
namespace {

std::vector<std::string> names_sql(const TableSchema& table, const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  for (const auto& name : columns) {
    if (table.find(name) != nullptr) names.push_back(quote_name(name));
  }
  return names;
}

/// Place of a table's column among the loaded ones.
std::optional<std::size_t> cell_of_column(const LoadTarget& load, std::size_t column) {
  const auto found = std::ranges::find(load.columns, column);
  if (found == load.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - load.columns.begin());
}

std::string parameter(std::size_t cell) {
  return "?" + std::to_string(cell + 1);
}

std::string column_sql(const LoadTarget& load, std::size_t column) {
  return quote_name(load.table->columns[column].name);
}

/// The columns that name a row, all its values, and whether the loaded ones are equal, byte for byte.
std::string find_sql(const LoadTarget& load) {
  std::vector<std::string> same;
  for (std::size_t cell = 0; cell < load.columns.size(); ++cell) {
    same.push_back(column_sql(load, load.columns[cell]) + " is " + parameter(cell) + " collate binary");
  }
  std::vector<std::string> keys;
  for (const std::size_t column : load.key) {
    keys.push_back(column_sql(load, column) + " = " + parameter(*cell_of_column(load, column)));
  }
  return "select " + join(same, " and ") + ", " + row_literals_sql(*load.table) + ", " +
         join(names_sql(*load.table, load.table->row_key()->columns), ", ") + " from " +
         quote_name(load.table->name) + " where " + join(keys, " and ");
}

std::string update_sql(const LoadTarget& load) {
  std::vector<std::string> set;
  const auto row_key = load.table->places(load.table->row_key()->columns);
  for (std::size_t i = 0; i < load.table->columns.size(); ++i) {
    const ColumnSchema& column = load.table->columns[i];
    if (std::ranges::find(load.key, i) != load.key.end() || !column.generated_sql.empty()) continue;
    if (const auto cell = cell_of_column(load, i)) {
      set.push_back(quote_name(column.name) + " = " + parameter(*cell));
    } else if (load.write == WriteMode::replace && std::ranges::find(row_key, i) == row_key.end()) {
      set.push_back(quote_name(column.name) + " = " +
                    (column.default_sql.empty() ? "null" : "(" + column.default_sql + ")"));
    }
  }
  std::vector<std::string> keys;
  for (const std::size_t column : load.key) {
    const std::string equals = column_sql(load, column) + " = " + parameter(*cell_of_column(load, column));
    keys.push_back(equals);
    // Nothing but the key is loaded: the row that is there holds it already.
    if (set.empty()) set.push_back(equals);
  }
  return "update or abort " + quote_name(load.table->name) + " set " + join(set, ", ") + " where " +
         join(keys, " and ");
}

}  // namespace

std::string row_literals_sql(const TableSchema& table) {
  std::vector<std::string> values;
  for (const auto& column : table.columns) {
    if (!column.generated_sql.empty()) continue;
    const std::string name = quote_name(column.name);
    // quote() stops at a NUL in text, and writes Inf for infinity.
    values.push_back("case typeof(" + name + ") when 'text' then 'cast(' || quote(cast(" + name +
                     " as blob)) || ' as text)' when 'real' then case " + name +
                     " when 9e999 then '9e999' when -9e999 then '-9e999' else quote(" + name +
                     ") end else quote(" + name + ") end");
  }
  return join(values, " || ',' || ");
}

std::string written_columns_sql(const TableSchema& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) {
    if (column.generated_sql.empty()) names.push_back(quote_name(column.name));
  }
  return join(names, ", ");
}

std::string row_key_equals_sql(const TableSchema& table, int first) {
  std::vector<std::string> parts;
  for (const auto& name : table.row_key()->columns) {
    parts.push_back(quote_name(name) + " = ?" + std::to_string(first++));
  }
  return join(parts, " and ");
}

RowApplier::RowApplier(std::shared_ptr<SqliteConnection> connection, const SqliteLedgerTables& ledger,
                       const LoadTarget& load, std::string run)
    : connection_(std::move(connection)), load_(load), run_(std::move(run)), inserter_(connection_, load) {
  const TableSchema& table = *load.table;
  const std::string name = quote_name(table.name);
  if (load.write != WriteMode::insert) {
    for (const std::size_t column : load.key) key_cells_.push_back(*cell_of_column(load, column));
    find_ = std::make_unique<Statement>(*connection_, find_sql(load));
  }
  if (load.write == WriteMode::upsert || load.write == WriteMode::replace) {
    updater_ = std::make_unique<RowWriter>(connection_, load, update_sql(load));
  }
  if (!table.exists) return;
  const std::string keys = join(names_sql(table, table.row_key()->columns), ", ");
  by_key_ = std::make_unique<Statement>(*connection_, "select " + row_literals_sql(table) + " from " + name +
                                                          " where " + row_key_equals_sql(table, 1));
  writer_of_ = std::make_unique<Statement>(
      *connection_, "select load from " + ledger.undo + " where run = ?1 and \"table\" = ?2 and key = ?3");
  undo_ = std::make_unique<Statement>(
      *connection_, "insert into " + ledger.undo +
                        " (run, load, chunk, \"table\", key, op, before, after_hash) values (?1, ?2, ?3, ?4, "
                        "?5, ?6, ?7, ?8)");
  const auto row_key = table.places(table.row_key()->columns);
  const bool is_loaded = std::ranges::all_of(
      row_key, [&](std::size_t column) { return cell_of_column(load, column).has_value(); });
  // A row whose key the table itself has given is the one of the last rowid.
  std::string of_row = " where rowid = last_insert_rowid()";
  if (is_loaded) {
    std::vector<std::string> equal;
    for (const std::size_t column : row_key) {
      equal.push_back(column_sql(load, column) + " = " + parameter(*cell_of_column(load, column)));
    }
    of_row = " where " + join(equal, " and ");
  }
  inserted_ = std::make_unique<Statement>(
      *connection_, "select " + row_literals_sql(table) + ", " + keys + " from " + name + of_row);
  for (const auto& key : table.foreign_keys) {
    ForeignKey parent{key.name, key.columns.front(), {}, nullptr};
    std::vector<std::string> equal;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const auto column = table.places({key.columns[i]});
      const auto cell = column.empty() ? std::nullopt : cell_of_column(load, column.front());
      if (!cell) break;
      parent.cells.push_back(*cell);
      equal.push_back(quote_name(key.foreign_columns[i]) + " = " + parameter(*cell));
    }
    if (parent.cells.size() != key.columns.size()) continue;
    parent.shown = key.table + " (" + join(key.foreign_columns, ", ") + ")";
    parent.parent = std::make_unique<Statement>(
        *connection_, "select 1 from " + quote_name(key.table) + " where " + join(equal, " and "));
    foreign_keys_.push_back(std::move(parent));
  }
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
  Found found;
  found.same = find_->integer(0) != 0;
  found.values = find_->text(1);
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < load_.table->row_key()->columns.size(); ++i) {
    cells.push_back(read_cell(sqlite3_column_value(find_->get(), static_cast<int>(i) + 2)));
  }
  found.key = key_of(cells);
  find_->reset();
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
  if (load_.write == WriteMode::insert_missing) return Applied::left;
  if (found.same && load_.write == WriteMode::upsert) {
    write_undo(chunk, found.key, "same", nullptr, found.values);
    return Applied::unchanged;
  }
  if (!has_parents(row, failure) || !updater_->write(row, failure)) return Applied::refused;
  write_undo(chunk, found.key, "update", &found.values, values_of(found.key));
  return Applied::updated;
}

/// Foreign keys are off on a connection that loads: a table of others has no step that validates them later.
bool RowApplier::has_parents(std::span<const Cell> row, RowFailure& failure) {
  for (auto& key : foreign_keys_) {
    if (std::ranges::any_of(key.cells, [&](std::size_t cell) { return row[cell].is_null(); })) continue;
    key.parent->reset();
    if (!inserter_.bind(*key.parent, row, failure)) return false;
    const bool found = key.parent->step();
    key.parent->reset();
    if (found) continue;
    failure.column = key.column;
    failure.reason = "FOREIGN KEY constraint failed: no such row in " + key.shown;
    return false;
  }
  return true;
}

Applied RowApplier::insert(std::span<const Cell> row, std::int64_t chunk, RowFailure& failure) {
  if (!has_parents(row, failure) || !inserter_.write(row, failure)) return Applied::refused;
  if (!load_.table->exists) return Applied::inserted;
  inserted_->reset();
  if (!inserter_.bind(*inserted_, row, failure)) return Applied::refused;
  if (!inserted_->step()) {
    throw Error(
        ErrorCode::target,
        connection_->shown() + ": table " + load_.table->name + ": a row that was inserted is not there",
        "a trigger on the table probably drops or changes rows: disable it for the run");
  }
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < load_.table->row_key()->columns.size(); ++i) {
    cells.push_back(read_cell(sqlite3_column_value(inserted_->get(), static_cast<int>(i) + 1)));
  }
  const Key key = key_of(cells);
  const std::string values = inserted_->text(0);
  inserted_->reset();
  write_undo(chunk, key, "insert", nullptr, values);
  return Applied::inserted;
}

std::string RowApplier::values_of(const Key& key) {
  by_key_->reset();
  for (std::size_t i = 0; i < key.values.size(); ++i) by_key_->bind(static_cast<int>(i) + 1, key.values[i]);
  if (!by_key_->step()) {
    throw Error(ErrorCode::target,
                connection_->shown() + ": table " + load_.table->name + ": row " + to_text(key) +
                    " is gone after it was changed",
                "a trigger on the table probably drops or changes rows: disable it for the run");
  }
  std::string values = by_key_->text(0);
  by_key_->reset();
  return values;
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
