// What a database really holds: counts, ranges and the keys of rows to look at. Plain data, which the report
// tells and a plan is drafted from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "census/text_kind.h"
#include "database/inspector.h"

namespace planrun {

/// How many keys are kept of what is rare.
inline constexpr std::size_t kCensusSamples = 3;

/// What a number may be as a time: 1990-01-01 to 2099-12-31. Ids and sizes fall in there now and then, whole
/// columns of them do not.
inline constexpr std::int64_t kPlausibleSeconds = 631'152'000;
inline constexpr std::int64_t kPlausibleSecondsEnd = 4'102'444'800;
inline constexpr double kPlausibleJulianDay = 2'447'892.5;
inline constexpr double kPlausibleJulianDayEnd = 2'488'069.5;

/// Least and most of what was counted; both 0 where that was nothing.
template <typename Number>
struct Extent {
  Number least{};
  Number most{};
};

struct IntegerCensus {
  RowTally all;
  Extent<std::int64_t> range;
  std::int64_t zeros = 0;
  std::int64_t ones = 0;
  std::int64_t unix_seconds = 0;  // plausible as such, and so on
  std::int64_t unix_millis = 0;
  std::int64_t unix_micros = 0;
};

struct RealCensus {
  RowTally all;
  Extent<double> range;  // of the finite ones
  std::int64_t whole = 0;
  RowTally infinite;
  RowTally not_a_number;
  RowTally negative_zero;
  int integer_digits = 0;   // the most before the point of the shortest decimal
  int fraction_digits = 0;  // the most behind it
  std::int64_t unix_seconds = 0;
  std::int64_t unix_millis = 0;
  std::int64_t julian_days = 0;
};

struct TextCensus {
  std::int64_t count = 0;
  std::array<RowTally, kTextKinds> kinds;
  Extent<std::int64_t> bytes;
  Extent<std::int64_t> characters;  // code points of those that are UTF-8
  bool has_upper = false;           // an ASCII letter of that case somewhere
  bool has_lower = false;
  RowTally nul;           // with a NUL byte; `other` by kind, as the next
  RowTally invalid_utf8;  // not UTF-8
  // Of integer and decimal texts.
  int integer_digits = 0;
  int fraction_digits = 0;
  Extent<double> numbers;         // of both, as near as a double comes
  Extent<std::int64_t> integers;  // of integer texts that are a bigint
  RowTally beyond_bigint;
  // Of dates and times.
  Extent<std::int64_t> micros;      // since 1970; times without a date are not among them
  int second_digits = 0;            // the most of a fraction of a second
  std::int64_t plain_booleans = 0;  // t, f, true, false
  RowTally refused_by_jsonb;        // JSON with duplicate keys, \u0000, lone surrogates or huge numbers
  RowTally broken_json;             // begins and ends as JSON does, and is none

  const RowTally& of(TextKind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
  RowTally& of(TextKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
};

struct BlobCensus {
  RowTally all;
  Extent<std::int64_t> bytes;
};

/// Values of one column that a target refuses for one reason.
struct RefusedValues {
  std::string reason;   // "is NaN, which a SQLite target cannot hold"
  bool by_all = false;  // by a target of any kind, not by SQLite alone
  RowTally rows;
};

/// The counts of the five storage classes and `unreadable` add up to the table's rows.
struct ColumnCensus {
  SourceColumn column;
  RowTally nulls;
  IntegerCensus integers;
  RealCensus reals;
  TextCensus texts;
  BlobCensus blobs;
  RowTally unreadable;                   // a generated column whose expression fails
  std::string failure;                   // of the first of these
  std::optional<ColumnType> type{};      // where the source types its columns
  std::vector<RefusedValues> refused{};  // of such a column: what a SQLite target cannot hold

  std::int64_t rows() const { return nulls.count + values() + unreadable.count; }
  std::int64_t values() const { return integers.all.count + reals.all.count + texts.count + blobs.all.count; }
};

struct ForeignKeyCensus {
  SourceForeignKey key;
  std::string broken;  // why no row can refer by it; empty: rows can
  RowTally orphans;
  RowTally loosely_referring;  // find a row by the source's collation alone (NOCASE, RTRIM)
  std::string error;           // why the orphans could not be counted
};

/// Of a unique index or key whose values may be equal under a looser comparison than its own: texts with
/// letters of both cases, numbers that are written in several ways.
struct DuplicatesCensus {
  std::string index;
  LooseComparison comparison = LooseComparison::nocase;
  std::vector<std::string> columns;
  RowTally values;    // that stand several times then; a row of each
  std::string error;  // why they could not be counted
};

struct TableCensus {
  SourceTable table;  // without estimates
  TableDeclaration declared;
  bool was_read = false;  // tables are; views, virtual and shadow tables are only named
  std::int64_t rows = 0;
  std::vector<ColumnCensus> columns;
  std::vector<ForeignKeyCensus> foreign_keys;
  std::vector<DuplicatesCensus> duplicates;
  std::vector<std::string> uncarried{};  // of its declaration: what a SQLite target does not have
  std::string error;  // why not all of its rows could be read; the counts are of those before
  double seconds = 0;
};

struct DatabaseCensus {
  std::string shown_url;
  std::vector<std::string> notices;
  std::vector<TableCensus> tables;
  std::vector<SourceTrigger> triggers;
  bool is_utf16 = false;
  std::vector<SourceObject> objects{};
  double seconds = 0;

  /// Every value could be read, and every question answered.
  bool is_whole() const;
};

}  // namespace planrun
