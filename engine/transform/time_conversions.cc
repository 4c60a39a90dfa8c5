// Conversions of dates and times.
#include <charconv>
#include <cmath>

#include "base/decimal.h"
#include "base/time.h"
#include "transform/conversions.h"
#include "transform/rule.h"

namespace planrun {

namespace {

constexpr std::int64_t kMillisPerDay = 86'400'000;
/// The Julian day of 1970-01-01 00:00 is 2440587.5.
constexpr std::int64_t kJulianEpochMillis = 210'866'760'000'000;
/// 9999-12-31 24:00 (SQLite's date.c, validJulianDay).
constexpr double kEndJulianDay = 5373484.5;

bool in_calendar(Conversion& conversion, std::int64_t micros, Cell& out) {
  if (micros < kFirstMicros || micros >= kEndMicros)
    return conversion.refuse("is outside the years 0001 to 9999");
  out = Cell::of_integer(micros);
  return true;
}

/// Digits after the point that a unit may have: 6 for seconds, 3 for milliseconds, none for microseconds.
int digits_of(std::int64_t unit_micros) {
  return unit_micros == 1'000'000 ? 6 : unit_micros == 1'000 ? 3 : 0;
}

/// The shortest decimal of `value`, in microseconds; false when it has more digits than a unit has.
bool exact_micros(double value, std::int64_t unit_micros, std::string& scratch, std::int64_t& micros) {
  if (!std::isfinite(value) || std::abs(value) > 1e18) return false;
  scratch.clear();
  append_shortest_decimal(value, scratch);
  const auto digits = static_cast<std::size_t>(digits_of(unit_micros));
  const std::size_t point = scratch.find('.');
  if (point == std::string::npos) {
    scratch.append(digits, '0');
  } else {
    const std::size_t fraction = scratch.size() - point - 1;
    if (fraction > digits) return false;
    scratch.append(digits - fraction, '0');
    scratch.erase(point, 1);
  }
  const auto read = std::from_chars(scratch.data(), scratch.data() + scratch.size(), micros);
  return read.ec == std::errc();
}

}  // namespace

bool convert_unix(Conversion& conversion, const Cell& in, Cell& out) {
  std::int64_t micros = 0;
  if (in.kind == CellKind::integer) {
    if (__builtin_mul_overflow(in.integer, conversion.unit_micros, &micros)) {
      return conversion.refuse("is outside the years 0001 to 9999");
    }
  } else if (in.kind != CellKind::real) {
    return conversion.refuse("is no number of time units since 1970");
  } else if (!exact_micros(in.real, conversion.unit_micros, conversion.scratch, micros)) {
    return conversion.refuse("is not exact to a microsecond");
  }
  return in_calendar(conversion, micros, out);
}

bool convert_julian_day(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind != CellKind::integer && in.kind != CellKind::real)
    return conversion.refuse("is no Julian day number");
  const double day = in.kind == CellKind::real ? in.real : static_cast<double>(in.integer);
  if (!(day >= 0 && day < kEndJulianDay)) return conversion.refuse("is no Julian day from 0 to 5373484.5");
  const auto millis = static_cast<std::int64_t>(std::floor(day * static_cast<double>(kMillisPerDay) + 0.5));
  return in_calendar(conversion, (millis - kJulianEpochMillis) * 1000, out);
}

bool convert_date_format(Conversion& conversion, const Cell& in, Cell& out) {
  conversion.buffer.clear();
  if (in.kind != CellKind::text || !conversion.format.append_iso(in.bytes, conversion.buffer)) {
    return conversion.refuse("does not match the format of date_format, or names no day or time that exists");
  }
  out = Cell::of_text(conversion.buffer);
  return true;
}

bool convert_utc(Conversion& conversion, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text)
    return conversion.refuse("is no text with a date and time, as `utc` takes them");
  std::string_view reason;
  const auto time = parse_iso_time(in.bytes, reason);
  if (!time) return conversion.refuse(std::string(reason) + text_hint(in.bytes));
  if (!time->has_date) return conversion.refuse("has no date");
  const int zone = time->zone_seconds.value_or(conversion.zone_seconds);
  out = Cell::of_integer(time->days * kMicrosPerDay + time->micros - zone * kMicrosPerSecond);
  return true;
}

}  // namespace planrun
