// Calendar and clock: proleptic Gregorian dates, microseconds, ISO 8601 texts.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace planrun {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
/// Years 1 to 9999, as ISO 8601 writes them in four digits: from the first, before the second.
inline constexpr std::int64_t kFirstMicros = -62'135'596'800 * kMicrosPerSecond;
inline constexpr std::int64_t kEndMicros = 253'402'300'800 * kMicrosPerSecond;

/// Later, and earlier, than any date or time (PostgreSQL manual, 8.5.1.4 "Special Values"): in place of days
/// or microseconds.
inline constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kEarliest = std::numeric_limits<std::int64_t>::min();
inline constexpr bool is_infinite(std::int64_t time) {
  return time == kLatest || time == kEarliest;
}
/// "infinity", "-infinity", and nothing else.
std::optional<std::int64_t> parse_infinity(std::string_view text);

/// Days since 1970-01-01. `month` 1..12, `day` 1..31; nullopt when there is no such day. Years 1..9999.
std::optional<std::int64_t> days_from_civil(int year, int month, int day);

/// An ISO time as it stood in the text. Microseconds of day and days are filled in as far as the text went.
struct IsoTime {
  bool has_date = false;
  bool has_time = false;
  std::int64_t days = 0;            // since 1970-01-01
  std::int64_t micros = 0;          // of the day, below kMicrosPerDay
  std::optional<int> zone_seconds;  // east of UTC; 0 for Z
  int fraction_digits = 0;          // significant ones
};
/// Takes YYYY-MM-DD, HH:MM[:SS[.f{1,}]] and both joined by T or one blank, with an optional zone Z, +HH,
/// +HH:MM, +HHMM (a zone may follow one blank) after a time. Nothing else: `:60`, `24:00`, a 7th digit other
/// than 0 are nullopt. `reason` is set to why.
std::optional<IsoTime> parse_iso_time(std::string_view text, std::string_view& reason);

/// "YYYY-MM-DD", and "YYYY-MM-DD HH:MM:SS[.ffffff]" with 6 digits or none, then `zone`; of both also
/// "infinity" and "-infinity", which have no zone.
void append_date(std::int64_t days, std::string& out);
void append_time_of_day(std::int64_t micros, std::string& out);
void append_timestamp(std::int64_t unix_micros, std::string& out, std::string_view zone = {});

/// Microseconds since 1970 now, and "2026-01-31T12:00:00Z" of such.
std::int64_t now_micros();
std::string to_iso_utc(std::int64_t unix_micros);

}  // namespace planrun
