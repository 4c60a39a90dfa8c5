#include "census/take_census.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "census/column_counter.h"
#include "census/refused_values.h"
#include "sql/expression.h"

namespace planrun {

namespace {

// A row of a result may have as many columns as a table (2,000 in SQLite), and the key comes on top.
constexpr std::size_t kMostColumns = 1'000;
constexpr std::int64_t kRowsBetweenLooks = 4'096;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string told(const Error& error) {
  const std::string words = error.what();
  return error.hint().empty() ? words : words + "; " + error.hint();
}

void end_if(const std::atomic<bool>& stop) {
  if (stop) throw Error(ErrorCode::interrupted, "stopped on request; nothing was written");
}

/// One column on its way.
struct CountedColumn {
  ColumnCounter values;
  std::optional<RefusedCounter> refused;

  void add(const Cell& cell, const RowPlace& place) {
    values.add(cell, place);
    if (refused) refused->add(cell, place);
  }
};

/// The rows of one table, counted column by column. What was counted before an error stands in the census.
class TableScan {
 public:
  TableScan(Inspector& database, const ValueLimits& limits, const std::atomic<bool>& stop,
            TableCensus& census)
      : database_(database), limits_(limits), stop_(stop), census_(census) {
    for (const auto& column : census_.table.columns) census_.columns.emplace_back().column = column;
  }

  void run() {
    const std::size_t count = census_.columns.size();
    if (count == 0) count_rows(std::vector<std::size_t>());  // PostgreSQL has tables of rows without columns
    for (std::size_t first = 0; first < count; first += kMostColumns) {
      std::vector<std::size_t> places;
      for (std::size_t i = first; i < std::min(first + kMostColumns, count); ++i) places.push_back(i);
      if (!count_rows(places)) count_apart(places);
    }
  }

 private:
  /// A failed row does not say which expression failed: generated columns are read one by one.
  void count_apart(const std::vector<std::size_t>& places) {
    std::vector<std::size_t> stored;
    for (const std::size_t i : places) {
      if (!is_generated(i)) stored.push_back(i);
    }
    if (!stored.empty()) count_rows(stored);
    for (const std::size_t i : places) {
      if (is_generated(i)) count_rows({i});
    }
  }

  bool is_generated(std::size_t i) const { return census_.columns[i].column.generated; }

  /// Null where a generated column cannot be asked for at all: its function is not there or not trusted.
  std::unique_ptr<Reader> read(const std::vector<std::size_t>& places) {
    ReadRequest request;
    request.table = census_.table.name;
    request.in_any_order = true;
    for (const std::size_t i : places) request.inputs.push_back({census_.columns[i].column.name, {}});
    try {
      return database_.source().read(request, {});
    } catch (const Error& error) {
      if (std::ranges::none_of(places, [&](std::size_t i) { return is_generated(i); })) throw;
      if (places.size() == 1) {
        census_.columns[places[0]].unreadable.count = census_.rows;
        census_.columns[places[0]].failure = error.what();
      }
      return nullptr;
    }
  }

  /// False: an expression failed, on some row or altogether, and there are other columns beside it; nothing
  /// was counted.
  bool count_rows(const std::vector<std::size_t>& places) {
    const auto reader = read(places);
    if (reader == nullptr) return places.size() == 1;
    std::vector<CountedColumn> counters;
    for (const std::size_t i : places) counters.push_back(counter_of(census_.columns[i].column));
    RowPlace place(*reader);
    const auto keep_all = [&] {
      census_.rows = std::max(census_.rows, place.number());
      for (std::size_t i = 0; i < places.size(); ++i) keep(std::move(counters[i]), places[i]);
    };
    try {
      if (!count_rows(*reader, counters, place)) return false;
    } catch (const Error&) {
      keep_all();
      throw;
    }
    keep_all();
    return true;
  }

  const ColumnSchema* schema_of(const SourceColumn& column) const {
    return census_.table.schema ? census_.table.schema->find(column.name) : nullptr;
  }

  CountedColumn counter_of(const SourceColumn& column) const {
    CountedColumn counted{ColumnCounter(column), std::nullopt};
    if (const ColumnSchema* schema = schema_of(column)) counted.refused.emplace(*schema, limits_);
    return counted;
  }

  void keep(CountedColumn counted, std::size_t place) {
    ColumnCensus& census = census_.columns[place];
    census = std::move(counted.values).finish();
    if (const ColumnSchema* schema = schema_of(census.column)) census.type = schema->type;
    if (counted.refused) census.refused = std::move(*counted.refused).finish();
  }

  bool count_rows(Reader& reader, std::vector<CountedColumn>& counters, RowPlace& place) {
    std::vector<Cell> row(counters.size());
    for (;;) {
      const ReadOutcome outcome = reader.next(row);
      if (outcome == ReadOutcome::end) return true;
      place.advance();
      if (place.number() % kRowsBetweenLooks == 0) end_if(stop_);
      if (outcome == ReadOutcome::failed) {
        if (counters.size() > 1) return false;
        counters[0].values.add_unreadable(reader.failure(), place);
        continue;
      }
      for (std::size_t i = 0; i < row.size(); ++i) counters[i].add(row[i], place);
    }
  }

  Inspector& database_;
  ValueLimits limits_;
  const std::atomic<bool>& stop_;
  TableCensus& census_;
};

void count_orphans(Inspector& database, TableCensus& table) {
  for (const auto& key : table.declared.foreign_keys) {
    ForeignKeyCensus& census = table.foreign_keys.emplace_back();
    census.key = key;
    try {
      census.broken = database.why_broken(key);
      if (!census.broken.empty()) continue;
      census.orphans = database.orphans(table.table.name, key, kCensusSamples);
      census.loosely_referring = database.loosely_referring(table.table.name, key, kCensusSamples);
    } catch (const Error& error) {
      census.error = told(error);
    }
  }
}

const ColumnCensus* find_column(const TableCensus& table, const std::string& name) {
  const auto found =
      std::ranges::find_if(table.columns, [&](const ColumnCensus& c) { return c.column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

/// Without letters of both cases no two different texts are equal but for case.
bool may_differ_by_case(const ColumnCensus& column, const SourceIndexPart& part) {
  const bool is_text = !column.type || column.type->kind == TypeKind::text ||
                       column.type->kind == TypeKind::varchar || column.type->kind == TypeKind::char_;
  return is_text && column.texts.has_upper && column.texts.has_lower && part.collation != "nocase";
}

bool has_only_numbers(const ColumnCensus& column) {
  constexpr int kExactDigits = 15;
  const TextCensus& texts = column.texts;
  return texts.count == texts.of(TextKind::integer).count + texts.of(TextKind::decimal).count &&
         texts.integer_digits + texts.fraction_digits <= kExactDigits && column.blobs.all.count == 0;
}

/// Integers as text are written in one way; decimals, and numbers beside texts, are not. A column of numbers
/// compares them as such.
bool has_numbers_as_text(const ColumnCensus& column) {
  if (column.type && class_of(column.type->kind) == ValueClass::number) return false;
  return column.texts.of(TextKind::decimal).count > 0 ||
         (column.texts.count > 0 && column.integers.all.count + column.reals.all.count > 0);
}

std::vector<LooseComparison> comparisons_of(const TableCensus& table, const SourceIndex& index) {
  bool by_case = false;
  bool by_number = false;
  bool only_numbers = true;
  for (const auto& part : index.parts) {
    const ColumnCensus* column = find_column(table, part.column);
    if (index.partial || column == nullptr) return {};
    by_case |= may_differ_by_case(*column, part);
    by_number |= has_numbers_as_text(*column);
    only_numbers &= has_only_numbers(*column);
  }
  std::vector<LooseComparison> comparisons;
  if (by_case) comparisons.push_back(LooseComparison::nocase);
  if (by_number && only_numbers) comparisons.push_back(LooseComparison::numeric);
  return comparisons;
}

DuplicatesCensus count_duplicates(Inspector& database, const TableCensus& table, const SourceIndex& index,
                                  LooseComparison comparison) {
  DuplicatesCensus census;
  census.index = index.name;
  census.comparison = comparison;
  for (const auto& part : index.parts) census.columns.push_back(part.column);
  try {
    census.values = database.duplicates(table.table.name, index, comparison, kCensusSamples);
  } catch (const Error& error) {
    census.error = told(error);
  }
  return census;
}

void count_duplicates(Inspector& database, TableCensus& table) {
  for (const auto& index : table.declared.indexes) {
    if (!index.unique) continue;
    for (const LooseComparison comparison : comparisons_of(table, index))
      table.duplicates.push_back(count_duplicates(database, table, index, comparison));
  }
}

TableCensus count_table(Inspector& database, const SourceTable& table, const Dialect& sqlite,
                        const std::atomic<bool>& stop) {
  const auto start = std::chrono::steady_clock::now();
  TableCensus census;
  census.table = table;
  census.declared = database.declaration(table.name);
  if (table.kind != SourceTableKind::table) return census;
  census.was_read = true;
  if (table.schema) census.uncarried = sqlite.unsupported(*table.schema);
  try {
    TableScan(database, sqlite.value_limits(), stop, census).run();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    census.error = told(error);
  }
  end_if(stop);
  count_orphans(database, census);
  if (census.error.empty()) count_duplicates(database, census);
  census.seconds = seconds_since(start);
  return census;
}

bool is_whole(const TableCensus& table) {
  return table.error.empty() &&
         std::ranges::all_of(table.columns, [](const auto& c) { return c.unreadable.count == 0; }) &&
         std::ranges::all_of(table.foreign_keys, [](const auto& k) { return k.error.empty(); }) &&
         std::ranges::all_of(table.duplicates, [](const auto& d) { return d.error.empty(); });
}

}  // namespace

bool DatabaseCensus::is_whole() const {
  return std::ranges::all_of(tables, [](const auto& table) { return planrun::is_whole(table); });
}

DatabaseCensus take_census(Inspector& database, const Dialect& sqlite, const std::atomic<bool>& stop) {
  const auto start = std::chrono::steady_clock::now();
  DatabaseCensus census;
  census.shown_url = database.shown_url();
  census.notices = database.notices();
  census.triggers = database.triggers();
  census.is_utf16 = database.is_utf16();
  census.objects = database.objects();
  for (const auto& table : database.tables()) {
    end_if(stop);
    census.tables.push_back(count_table(database, table, sqlite, stop));
  }
  census.seconds = seconds_since(start);
  return census;
}

}  // namespace planrun
