// PostgreSQL's interval: three numbers that are kept apart, because a month has no fixed days and a day no
// fixed hours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace planrun {

struct Interval {
  std::int64_t micros = 0;
  std::int32_t days = 0;
  std::int32_t months = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Takes ISO 8601 durations (P1Y2M3W4DT5H6M7.5S; each number may be negative, only seconds have a fraction,
/// of up to 6 digits) and what PostgreSQL prints by default ("1 year 2 mons -3 days +04:05:06.7"). nullopt
/// for anything else and for what the three numbers cannot hold.
std::optional<Interval> parse_interval(std::string_view text);

/// Appends the 16 bytes of a target cell: microseconds, days, months, big-endian.
void append_bytes(const Interval& interval, std::string& out);

}  // namespace planrun
