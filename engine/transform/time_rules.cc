// The rules of date, time, timestamp, timestamptz and interval.
#include <array>
#include <optional>

#include "base/time.h"
#include "transform/interval.h"
#include "transform/rule.h"

namespace planrun {

namespace {

bool refuse_no_time(Rule& rule, const Cell& in) {
  const bool number = in.kind == CellKind::integer || in.kind == CellKind::real;
  const bool moment = rule.type.kind != TypeKind::time && rule.type.kind != TypeKind::interval;
  return rule.refuse(std::string(to_string(in.kind)) + " is not " + rule.type.sql,
                     number && moment ? time_hint(in) : "");
}

std::optional<IsoTime> read(Rule& rule, std::string_view text) {
  std::string_view reason;
  auto time = parse_iso_time(text, reason);
  if (!time) {
    std::string hint = text_hint(text);
    if (hint.empty() && reason.starts_with("is no"))
      hint = "; using = \"date_format('...')\" reads other forms";
    rule.refuse(std::string(reason), hint);
  }
  return time;
}

/// The server would round what goes beyond the type's digits.
bool fits_precision(Rule& rule, std::int64_t micros) {
  constexpr std::array<std::int64_t, 7> kUnits{1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  const int digits = rule.type.precision;
  if (digits < 0 || digits > 5 || micros % kUnits[static_cast<std::size_t>(digits)] == 0) return true;
  return rule.refuse("has more digits of a second than " + rule.type.sql + " keeps");
}

bool fit_moment(Rule& rule, std::int64_t micros, Cell& out) {
  if (micros < kFirstMicros || micros >= kEndMicros) {
    return rule.refuse("is outside the years 0001 to 9999");
  }
  if (!fits_precision(rule, micros)) return false;
  out = Cell::of_integer(micros);
  return true;
}

std::int64_t floor_days(std::int64_t micros) {
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

}  // namespace

bool fit_instant(Rule& rule, std::int64_t unix_micros, Cell& out) {
  if (rule.type.kind != TypeKind::date) return fit_moment(rule, unix_micros, out);
  if (unix_micros < kFirstMicros || unix_micros >= kEndMicros) {
    return rule.refuse("is outside the years 0001 to 9999");
  }
  const std::int64_t days = floor_days(unix_micros);
  if (days * kMicrosPerDay != unix_micros) {
    return rule.refuse("is no whole day, and date would lose the time; make the column a timestamp");
  }
  out = Cell::of_integer(days);
  return true;
}

bool fit_date(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) return refuse_no_time(rule, in);
  if (const auto infinity = parse_infinity(in.bytes)) {
    out = Cell::of_integer(*infinity);
    return true;
  }
  const auto time = read(rule, in.bytes);
  if (!time) return false;
  if (!time->has_date) return rule.refuse("has no date");
  if (time->has_time) {
    return rule.refuse("has a time of day, which date would lose",
                       time->micros == 0
                           ? "; using = \"date_format('%Y-%m-%d 00:00:00')\" takes midnights so written"
                           : "; make the column a timestamp");
  }
  out = Cell::of_integer(time->days);
  return true;
}

bool fit_time(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) return refuse_no_time(rule, in);
  const auto time = read(rule, in.bytes);
  if (!time) return false;
  if (time->has_date) return rule.refuse("has a date, which time would lose");
  if (time->zone_seconds) return rule.refuse("has a zone, which time would lose");
  if (!fits_precision(rule, time->micros)) return false;
  out = Cell::of_integer(time->micros);
  return true;
}

bool fit_timestamp(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) return refuse_no_time(rule, in);
  if (const auto infinity = parse_infinity(in.bytes)) {
    out = Cell::of_integer(*infinity);
    return true;
  }
  const auto time = read(rule, in.bytes);
  if (!time) return false;
  if (!time->has_date) return rule.refuse("has no date");
  std::int64_t micros = time->days * kMicrosPerDay + time->micros;
  const bool zoned = rule.type.kind == TypeKind::timestamptz;
  if (time->zone_seconds.has_value() != zoned && !rule.has_zone) {
    return rule.refuse(zoned ? "has no zone" : "has a zone, which timestamp would lose",
                       zoned ? "; using = \"utc\" takes it as UTC, zone = \"+01:00\" as that zone's"
                             : "; using = \"utc\" converts it to UTC");
  }
  // With `zone`, a zoneless text is that zone's clock, and a timestamp without zone shows that clock.
  if (zoned || time->zone_seconds)
    micros -= time->zone_seconds.value_or(rule.zone_seconds) * kMicrosPerSecond;
  if (!zoned && time->zone_seconds) micros += rule.zone_seconds * kMicrosPerSecond;
  return fit_moment(rule, micros, out);
}

bool fit_interval(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind != CellKind::text) return refuse_no_time(rule, in);
  const auto interval = parse_interval(in.bytes);
  if (!interval) {
    return rule.refuse("is no interval such as P1Y2M3DT4H5M6.5S or 1 year 2 mons 3 days 04:05:06",
                       text_hint(in.bytes));
  }
  rule.buffer.clear();
  append_bytes(*interval, rule.buffer);
  out = Cell::of_blob(rule.buffer);
  return true;
}

}  // namespace planrun
