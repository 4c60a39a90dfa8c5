#include "census/column_counter.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace planrun {

namespace {

constexpr std::int64_t kMillis = 1'000;
constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kRarePart = 100;

template <typename Number>
void extend(Extent<Number>& extent, Number value, bool is_first) {
  if (is_first || value < extent.least) extent.least = value;
  if (is_first || value > extent.most) extent.most = value;
}

bool is_plausible(std::int64_t value, std::int64_t unit) {
  return value >= kPlausibleSeconds * unit && value < kPlausibleSecondsEnd * unit;
}

bool is_plausible(double value, std::int64_t unit) {
  return value >= static_cast<double>(kPlausibleSeconds * unit) &&
         value < static_cast<double>(kPlausibleSecondsEnd * unit);
}

struct Bytes {
  bool ascii = true;
  bool nul = false;
  bool upper = false;
  bool lower = false;
};

Bytes look_at(std::string_view text) {
  unsigned high = 0;
  bool nul = false;
  bool upper = false;
  bool lower = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    high |= byte;
    nul |= byte == 0;
    upper |= static_cast<unsigned char>(byte - 'A') < 26;
    lower |= static_cast<unsigned char>(byte - 'a') < 26;
  }
  return {(high & 0x80) == 0, nul, upper, lower};
}

/// Infinite where it is beyond all doubles.
double nearest_double(std::string_view number) {
  double value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc::result_out_of_range) return value;
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  return number.starts_with('-') ? -kInfinite : kInfinite;
}

void keep_rare(RowTally& rows, std::int64_t all, bool is_odd) {
  if (!is_odd && rows.count * kRarePart >= all) rows.samples.clear();
}

}  // namespace

Key RowPlace::key() const {
  Key key = reader_.key();
  return key.values.empty() ? rowid_key(number_) : key;
}

void tally(RowTally& rows, const RowPlace& place) {
  if (rows.count++ < static_cast<std::int64_t>(kCensusSamples)) rows.samples.push_back(place.key());
}

void ColumnCounter::add(const Cell& cell, const RowPlace& place) {
  switch (cell.kind) {
    case CellKind::null:
      return tally(census_.nulls, place);
    case CellKind::integer:
      return add_integer(cell.integer, place);
    case CellKind::real:
      return add_real(cell.real, place);
    case CellKind::text:
      return add_text(cell.bytes, place);
    case CellKind::blob:
      return add_blob(cell.bytes, place);
  }
}

void ColumnCounter::add_unreadable(const std::string& failure, const RowPlace& place) {
  if (census_.unreadable.count == 0) census_.failure = failure;
  tally(census_.unreadable, place);
}

void ColumnCounter::add_integer(std::int64_t value, const RowPlace& place) {
  IntegerCensus& integers = census_.integers;
  extend(integers.range, value, integers.all.count == 0);
  tally(integers.all, place);
  integers.zeros += value == 0 ? 1 : 0;
  integers.ones += value == 1 ? 1 : 0;
  integers.unix_seconds += is_plausible(value, 1) ? 1 : 0;
  integers.unix_millis += is_plausible(value, kMillis) ? 1 : 0;
  integers.unix_micros += is_plausible(value, kMicros) ? 1 : 0;
}

void ColumnCounter::add_real(double value, const RowPlace& place) {
  RealCensus& reals = census_.reals;
  if (!std::isfinite(value)) {
    tally(reals.all, place);
    return tally(std::isinf(value) ? reals.infinite : reals.not_a_number, place);
  }
  extend(reals.range, value, reals.all.count == reals.infinite.count + reals.not_a_number.count);
  tally(reals.all, place);
  if (value == 0 && std::signbit(value)) tally(reals.negative_zero, place);
  reals.whole += std::trunc(value) == value ? 1 : 0;
  decimal_.clear();
  append_shortest_decimal(value, decimal_);
  const DecimalSize digits = decimal_size(decimal_ == "-0" ? "0" : decimal_);
  reals.integer_digits = std::max(reals.integer_digits, digits.integer_digits);
  reals.fraction_digits = std::max(reals.fraction_digits, digits.fraction_digits);
  reals.unix_seconds += is_plausible(value, 1) ? 1 : 0;
  reals.unix_millis += is_plausible(value, kMillis) ? 1 : 0;
  reals.julian_days += value >= kPlausibleJulianDay && value < kPlausibleJulianDayEnd ? 1 : 0;
}

void ColumnCounter::add_text(std::string_view text, const RowPlace& place) {
  TextCensus& texts = census_.texts;
  const Bytes bytes = look_at(text);
  const bool valid = bytes.ascii || is_valid_utf8(text);
  extend(texts.bytes, static_cast<std::int64_t>(text.size()), texts.count == 0);
  if (valid) {
    const std::size_t characters = bytes.ascii ? text.size() : count_code_points(text);
    extend(texts.characters, static_cast<std::int64_t>(characters), texts.count == texts.invalid_utf8.count);
  }
  ++texts.count;
  texts.has_upper |= bytes.upper;
  texts.has_lower |= bytes.lower;
  if (bytes.nul) tally(texts.nul, place);
  if (!valid) tally(texts.invalid_utf8, place);
  if (bytes.nul || !valid) return tally(texts.of(TextKind::other), place);
  add_kind(text, place);
}

void ColumnCounter::add_kind(std::string_view text, const RowPlace& place) {
  TextCensus& texts = census_.texts;
  const ReadText read = reader_.read(text);
  switch (read.kind) {
    case TextKind::integer:
    case TextKind::decimal:
      texts.integer_digits = std::max(texts.integer_digits, read.digits.integer_digits);
      texts.fraction_digits = std::max(texts.fraction_digits, read.digits.fraction_digits);
      extend(texts.numbers, nearest_double(text),
             texts.of(TextKind::integer).count + texts.of(TextKind::decimal).count == 0);
      if (read.kind == TextKind::decimal) break;
      if (read.fits_bigint) {
        extend(texts.integers, read.integer, texts.of(TextKind::integer).count == texts.beyond_bigint.count);
      } else {
        tally(texts.beyond_bigint, place);
      }
      break;
    case TextKind::date:
    case TextKind::timestamp:
    case TextKind::timestamptz:
      extend(texts.micros, read.micros,
             texts.of(TextKind::date).count + texts.of(TextKind::timestamp).count +
                     texts.of(TextKind::timestamptz).count ==
                 0);
      texts.second_digits = std::max(texts.second_digits, read.fraction_digits);
      break;
    case TextKind::time:
      texts.second_digits = std::max(texts.second_digits, read.fraction_digits);
      break;
    case TextKind::json:
      if (read.refused_by_jsonb) tally(texts.refused_by_jsonb, place);
      break;
    case TextKind::boolean:
      texts.plain_booleans += read.plain_boolean ? 1 : 0;
      break;
    default:
      if (read.broken_json) tally(texts.broken_json, place);
  }
  tally(texts.of(read.kind), place);
}

void ColumnCounter::add_blob(std::string_view bytes, const RowPlace& place) {
  BlobCensus& blobs = census_.blobs;
  extend(blobs.bytes, static_cast<std::int64_t>(bytes.size()), blobs.all.count == 0);
  tally(blobs.all, place);
}

ColumnCensus ColumnCounter::finish() && {
  std::vector<RowTally*> kinds = {&census_.integers.all, &census_.reals.all, &census_.blobs.all};
  for (auto& kind : census_.texts.kinds) kinds.push_back(&kind);
  const RowTally* const most = *std::ranges::max_element(kinds, {}, &RowTally::count);
  const std::int64_t rows = census_.rows();
  for (RowTally* kind : kinds) keep_rare(*kind, rows, kind != most);
  keep_rare(census_.nulls, rows, census_.column.primary_key > 0);
  return std::move(census_);
}

}  // namespace planrun
