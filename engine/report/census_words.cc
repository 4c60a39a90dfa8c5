#include "report/census_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/decimal.h"
#include "base/text.h"

namespace planrun {

namespace {

constexpr std::size_t kShownName = 200;

// One and several of it, in the order of TextKind.
struct KindWords {
  const char* one;
  const char* several;
};
constexpr std::array<KindWords, kTextKinds> kTextWords = {{{"''", "''"},
                                                           {"integer as text", "integers as text"},
                                                           {"decimal as text", "decimals as text"},
                                                           {"date", "dates"},
                                                           {"timestamp", "timestamps"},
                                                           {"timestamp with zone", "timestamps with zone"},
                                                           {"time", "times"},
                                                           {"JSON text", "JSON texts"},
                                                           {"UUID", "UUIDs"},
                                                           {"boolean word", "boolean words"},
                                                           {"text", "texts"}}};

/// A kind of value and how many there are.
struct Held {
  KindWords words;
  const RowTally* rows;
  bool is_text = false;
  bool is_empty_text = false;
};

/// What a value of the type is called; nothing where its texts are worth a look of their own.
std::optional<KindWords> words_of_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
      return KindWords{"boolean", "booleans"};
    case TypeKind::numeric:
      return KindWords{"number", "numbers"};
    case TypeKind::date:
      return KindWords{"date", "dates"};
    case TypeKind::time:
      return KindWords{"time", "times"};
    case TypeKind::timestamp:
      return KindWords{"timestamp", "timestamps"};
    case TypeKind::timestamptz:
      return KindWords{"timestamp with zone", "timestamps with zone"};
    case TypeKind::interval:
      return KindWords{"interval", "intervals"};
    case TypeKind::uuid:
      return KindWords{"UUID", "UUIDs"};
    case TypeKind::json:
    case TypeKind::jsonb:
      return KindWords{"JSON value", "JSON values"};
    case TypeKind::text_array:
      return KindWords{"list of texts", "lists of texts"};
    case TypeKind::other:
      return KindWords{"value", "values"};
    default:
      return std::nullopt;
  }
}

std::optional<KindWords> words_of_type(const ColumnCensus& column) {
  return column.type ? words_of_type(column.type->kind) : std::nullopt;
}

/// Of a column whose type says what its values are, no kinds are told.
std::vector<Held> held_kinds(const ColumnCensus& column) {
  std::vector<Held> held;
  if (words_of_type(column)) return held;
  const auto add = [&](const Held& one) {
    if (one.rows->count > 0) held.push_back(one);
  };
  add({{"integer", "integers"}, &column.integers.all});
  add({{"real", "reals"}, &column.reals.all});
  add({{"blob", "blobs"}, &column.blobs.all});
  for (std::size_t i = 0; i < kTextKinds; ++i) {
    const bool is_empty = static_cast<TextKind>(i) == TextKind::empty;
    add({kTextWords[i], &column.texts.kinds[i], true, is_empty});
  }
  std::ranges::stable_sort(held, std::ranges::greater(), [](const Held& h) { return h.rows->count; });
  return held;
}

std::string count_words(std::int64_t count, KindWords words) {
  return with_thousands(count) + " " + (count == 1 ? words.one : words.several);
}

std::string shown_real(double value) {
  if (std::isinf(value)) return value > 0 ? "beyond all doubles" : "beyond all doubles below";
  constexpr double kPlain = 1e15;
  if (value != 0 && (std::abs(value) >= kPlain || std::abs(value) < 1e-6)) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.17g", value);
    return text.data();
  }
  std::string text;
  append_shortest_decimal(value, text);
  return text;
}

std::string extent_words(const std::string& least, const std::string& most) {
  return least == most ? least : least + " to " + most;
}

std::string size_words(const Extent<std::int64_t>& sizes, const char* unit) {
  return extent_words(with_thousands(sizes.least), with_thousands(sizes.most)) + " " + unit +
         (sizes.most == 1 ? "" : "s");
}

std::string timestamp_words(const Extent<std::int64_t>& micros) {
  const auto shown = [](std::int64_t value) {
    std::string text;
    append_timestamp(value, text);
    return text.substr(0, text.find('.'));
  };
  return extent_words(shown(micros.least), shown(micros.most));
}

/// "Unix seconds" where all but zeros are plausible as such.
std::string time_unit(const ColumnCensus& column) {
  const IntegerCensus& integers = column.integers;
  const std::int64_t times = integers.all.count - integers.zeros;
  if (times > 0 && integers.unix_seconds == times) return "Unix seconds";
  if (times > 0 && integers.unix_millis == times) return "Unix milliseconds";
  if (times > 0 && integers.unix_micros == times) return "Unix microseconds";
  return {};
}

std::string integer_range(const ColumnCensus& column) {
  const IntegerCensus& integers = column.integers;
  std::string text = extent_words(std::to_string(integers.range.least), std::to_string(integers.range.most));
  const std::string unit = time_unit(column);
  if (!unit.empty()) text += " (" + unit + (integers.zeros > 0 ? " and 0" : "") + "?)";
  return text;
}

std::string real_range(const RealCensus& reals) {
  std::string text = extent_words(shown_real(reals.range.least), shown_real(reals.range.most));
  const std::int64_t finite = reals.all.count - reals.infinite.count - reals.not_a_number.count;
  if (finite == 0) return reals.infinite.count > 0 ? "infinite" : "NaN";
  if (reals.whole == finite) return text + " (all whole)";
  if (reals.julian_days == finite) return text + " (Julian days?)";
  if (reals.unix_seconds == finite) return text + " (Unix seconds?)";
  constexpr int kExactDigits = 15;
  if (reals.integer_digits + reals.fraction_digits > kExactDigits) return text;
  return text + " (" + std::to_string(reals.fraction_digits) +
         (reals.fraction_digits == 1 ? " decimal)" : " decimals)");
}

std::string text_range(const TextCensus& texts) {
  std::string text;
  const std::int64_t times = texts.of(TextKind::date).count + texts.of(TextKind::timestamp).count +
                             texts.of(TextKind::timestamptz).count;
  if (times > 0) text = timestamp_words(texts.micros);
  if (times == texts.count) return text;
  return text + (text.empty() ? "" : "; ") + size_words(texts.characters, "character");
}

/// Of a type whose values have no kinds.
std::string typed_range(const ColumnCensus& column) {
  const TextCensus& texts = column.texts;
  switch (column.type->kind) {
    case TypeKind::boolean:
      return with_thousands(column.integers.ones) + " true, " + with_thousands(column.integers.zeros) +
             " false";
    case TypeKind::numeric:
      if (texts.count == 0) return {};
      return extent_words(shown_real(texts.numbers.least), shown_real(texts.numbers.most)) +
             (texts.fraction_digits == 0 ? ""
                                         : " (" + std::to_string(texts.fraction_digits) +
                                               (texts.fraction_digits == 1 ? " decimal)" : " decimals)"));
    case TypeKind::date:
    case TypeKind::timestamp:
    case TypeKind::timestamptz: {
      const std::int64_t times = texts.of(TextKind::date).count + texts.of(TextKind::timestamp).count +
                                 texts.of(TextKind::timestamptz).count;
      return times == 0 ? "" : timestamp_words(texts.micros);
    }
    case TypeKind::time:
    case TypeKind::uuid:
      return {};
    default:
      return texts.count == 0 ? "" : size_words(texts.characters, "character");
  }
}

/// What the keys of rows are called: INTEGER PRIMARY KEY is the rowid itself, under a name that people know.
std::string row_key_name(const TableCensus& table) {
  const auto& key = table.table.key;
  if (key.empty()) return "row";
  if (key.size() > 1) return "key";
  const SourceColumn* declared = nullptr;
  for (const auto& column : table.table.columns) {
    if (column.primary_key == 0) continue;
    if (declared != nullptr) return shown_name(key[0]);
    declared = &column;
  }
  const bool has_index = std::ranges::any_of(table.declared.indexes, [](const SourceIndex& index) {
    return index.origin == SourceIndexOrigin::primary_key;
  });
  const bool is_rowid = declared != nullptr && !has_index && to_lower_ascii(declared->declared) == "integer";
  return shown_name(is_rowid ? declared->name : key[0]);
}

std::string sample_words(const TableCensus& table, const RowTally& rows) {
  if (rows.samples.empty()) return {};
  std::string text;
  for (const Key& key : rows.samples) text += (text.empty() ? "" : ", ") + to_text(key);
  return " (" + row_key_name(table) + " " + text +
         (rows.count > static_cast<std::int64_t>(rows.samples.size()) ? ", ..." : "") + ")";
}

std::string name_list(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const auto& name : names) shown.push_back(shown_name(name));
  return comma_list(shown);
}

/// Notes on one column.
class ColumnNotes {
 public:
  ColumnNotes(const TableCensus& table, const ColumnCensus& column, std::vector<CensusNote>& notes)
      : table_(table), column_(column), notes_(notes) {}

  void add_all() {
    if (column_.unreadable.count > 0) {
      add(column_.unreadable, {"value cannot be read: ", "values cannot be read: "}, true, column_.failure);
    }
    add_mixture();
    const bool in_key = column_.column.primary_key > 0;
    if (!column_.nulls.samples.empty())
      add(column_.nulls,
          in_key ? KindWords{"null in the key", "nulls in the key"} : KindWords{"null", "nulls"}, in_key);
    const TextCensus& texts = column_.texts;
    add(texts.nul, {"text holds a NUL byte", "texts hold a NUL byte"}, true);
    add(texts.invalid_utf8, {"text is not valid UTF-8", "texts are not valid UTF-8"}, true);
    add_type();
    if (words_of_type(column_)) return;
    if (texts.of(TextKind::json).count > 0)
      add(texts.broken_json, {"text begins as JSON and is none", "texts begin as JSON and are none"});
    add(texts.refused_by_jsonb, {"JSON text with a duplicate key, \\u0000 or what jsonb refuses",
                                 "JSON texts with duplicate keys, \\u0000 or what jsonb refuses"});
    if (texts.of(TextKind::integer).count > texts.of(TextKind::other).count)
      add(texts.beyond_bigint, {"integer as text is no bigint", "integers as text are no bigint"});
    add(column_.reals.infinite, {"infinite real", "infinite reals"});
    if (column_.type) return;
    add(column_.reals.negative_zero, {"real is -0.0", "reals are -0.0"});
  }

 private:
  /// What the type's own values are not, elsewhere.
  void add_type() {
    if (!column_.type) return;
    if (column_.type->kind == TypeKind::other)
      notes_.push_back({column_.column.name,
                        "a SQLite target keeps values of " + column_.column.declared + " as text", false});
    for (const auto& refused : column_.refused) {
      const std::string by = refused.by_all ? " that no target holds: " : " that SQLite does not hold: ";
      add(refused.rows, {"value", "values"}, true, by + refused.reason);
    }
  }

  /// What most values are not. Among free texts any kind of text is at home, but for ''; whole numbers are
  /// among others.
  void add_mixture() {
    const auto held = held_kinds(column_);
    if (held.size() < 2) return;
    const bool free_text = held[0].is_text && held[0].rows == &column_.texts.of(TextKind::other);
    for (std::size_t i = 1; i < held.size(); ++i) {
      if (free_text && held[i].is_text && !held[i].is_empty_text) continue;
      if (held[0].rows == &column_.reals.all && held[i].rows == &column_.integers.all) continue;
      const std::string among = " among " + count_words(held[0].rows->count, held[0].words);
      add(*held[i].rows, held[i].words, false, among);
    }
  }

  void add(const RowTally& rows, KindWords words, bool is_bad = false, const std::string& more = {}) {
    if (rows.count == 0) return;
    notes_.push_back(
        {column_.column.name, count_words(rows.count, words) + more + sample_words(table_, rows), is_bad});
  }

  const TableCensus& table_;
  const ColumnCensus& column_;
  std::vector<CensusNote>& notes_;
};

void add_key_notes(const TableCensus& table, std::vector<CensusNote>& notes) {
  for (const auto& census : table.foreign_keys) {
    const std::string key = "foreign key " + foreign_key_words(census.key);
    if (!census.error.empty()) notes.push_back({"", key + " could not be checked: " + census.error, true});
    if (!census.broken.empty()) notes.push_back({"", key + " is broken: " + census.broken, true});
    if (census.orphans.count > 0) {
      notes.push_back({"",
                       key + ": " + count_words(census.orphans.count, {"orphan", "orphans"}) +
                           sample_words(table, census.orphans),
                       true});
    }
    if (census.loosely_referring.count == 0) continue;
    notes.push_back({"",
                     key + ": " + count_words(census.loosely_referring.count, {"row", "rows"}) +
                         " by the source's collation only" + sample_words(table, census.loosely_referring),
                     true});
  }
  for (const auto& census : table.duplicates) {
    const std::string columns = "(" + name_list(census.columns) + ")";
    if (!census.error.empty())
      notes.push_back({"", columns + " could not be checked: " + census.error, true});
    if (census.values.count == 0) continue;
    notes.push_back({"",
                     count_words(census.values.count, {"value", "values"}) + " of unique " + columns +
                         (census.comparison == LooseComparison::nocase
                              ? " stored more than once, told apart by upper and lower case only"
                              : " stored more than once as a number, written in different ways") +
                         sample_words(table, census.values),
                     false});
  }
}

}  // namespace

std::string shown_name(const std::string& name) {
  const bool plain = is_valid_utf8(name) && std::ranges::none_of(name, [](char c) {
                       return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
                     });
  return plain && !name.empty() ? name : quote_for_message(name, kShownName);
}

std::vector<CensusNote> census_notes(const TableCensus& table) {
  std::vector<CensusNote> notes;
  if (!table.error.empty()) {
    notes.push_back({"",
                     "could not be read whole, the counts are of the first " + with_thousands(table.rows) +
                         " rows: " + table.error,
                     true});
  }
  for (const auto& column : table.columns) ColumnNotes(table, column, notes).add_all();
  for (const auto& part : table.uncarried) notes.push_back({"", "not in SQLite as it is: " + part, false});
  add_key_notes(table, notes);
  return notes;
}

std::string table_words(const TableCensus& table) {
  switch (table.table.kind) {
    case SourceTableKind::view:
      return "view";
    case SourceTableKind::virtual_table:
      return "virtual table";
    case SourceTableKind::shadow:
      return table.table.schema ? "partition" : "shadow table";
    case SourceTableKind::table:
      break;
  }
  return std::string("table") + (table.declared.strict ? ", strict" : "") +
         (table.declared.without_rowid ? ", without rowid" : "");
}

std::string numbering_words(const TableCensus& table) {
  if (!table.declared.autoincrement) return {};
  return std::string(table.table.schema ? ", numbered up to " : ", autoincrement at ") +
         with_thousands(last_number(table.table));
}

std::string key_words(const TableCensus& table) {
  const auto key = primary_key_of(table.table);
  return key.empty() ? "none" : name_list(key);
}

std::string held_words(const ColumnCensus& column) {
  if (column.values() == 0) return "nothing";
  if (const auto words = words_of_type(column)) return words->several;
  const auto held = held_kinds(column);
  if (held.empty()) return "nothing";
  if (held.size() == 1) return held[0].words.several;
  std::string text;
  for (const auto& one : held) text += (text.empty() ? "" : ", ") + count_words(one.rows->count, one.words);
  return text;
}

std::string range_words(const ColumnCensus& column) {
  if (words_of_type(column)) return typed_range(column);
  std::vector<std::string> parts;
  if (column.integers.all.count > 0) parts.push_back(integer_range(column));
  if (column.reals.all.count > 0) parts.push_back(real_range(column.reals));
  if (column.texts.count > 0) parts.push_back(text_range(column.texts));
  if (column.blobs.all.count > 0) parts.push_back(size_words(column.blobs.bytes, "byte"));
  return join(parts, "; ");
}

std::string foreign_key_words(const SourceForeignKey& key) {
  std::string text = "(" + name_list(key.columns) + ") references " + shown_name(key.table) + " (" +
                     name_list(key.foreign_columns) + ")";
  if (key.on_delete != "NO ACTION") text += " on delete " + to_lower_ascii(key.on_delete);
  if (key.on_update != "NO ACTION") text += " on update " + to_lower_ascii(key.on_update);
  return text;
}

std::string index_words(const SourceIndex& index) {
  std::vector<std::string> parts;
  for (const auto& part : index.parts) {
    parts.push_back((part.column.empty() ? "an expression" : shown_name(part.column)) +
                    (part.collation == "binary" || part.collation.empty() ? "" : " " + part.collation) +
                    (part.descending ? " desc" : ""));
  }
  const bool is_named = index.origin == SourceIndexOrigin::create_index;
  return std::string(index.unique ? "unique " : "index ") + (is_named ? shown_name(index.name) + " " : "") +
         "(" + join(parts, ", ") + ")" + (index.partial ? ", partial" : "");
}

std::vector<std::string> index_list(const TableCensus& table) {
  std::vector<std::string> list;
  for (const auto& index : table.declared.indexes) {
    if (index.origin != SourceIndexOrigin::primary_key) list.push_back(index_words(index));
  }
  return list;
}

std::string unread_words(const DatabaseCensus& census) {
  std::string text;
  for (const auto& table : census.tables) {
    if (table.was_read) continue;
    text += (text.empty() ? "not read: " : ", ") + table_words(table) + " " + shown_name(table.table.name);
  }
  return text;
}

std::string objects_words(const DatabaseCensus& census) {
  std::vector<std::string> names;
  for (const auto& object : census.objects) names.push_back(shown_name(object.name));
  return names.empty() ? "" : "beside them: " + comma_list(names);
}

std::string census_summary(const DatabaseCensus& census) {
  std::int64_t tables = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  for (const auto& table : census.tables) {
    if (!table.was_read) continue;
    ++tables;
    rows += table.rows;
    columns += static_cast<std::int64_t>(table.columns.size());
  }
  return count_words(tables, {"table", "tables"}) + ", " + count_words(columns, {"column", "columns"}) +
         ", " + count_words(rows, {"row", "rows"}) + ", read in " + human_seconds(census.seconds);
}

}  // namespace planrun
