// How fast a run may go, as a plan and the command line say it.
#pragma once

#include <optional>
#include <string_view>

namespace planrun {

/// Of all workers of a process; 0: as fast as they can.
struct Rate {
  double rows_per_second = 0;   // source rows
  double bytes_per_second = 0;  // of the values that are written
  bool is_limited() const { return rows_per_second > 0 || bytes_per_second > 0; }
};

/// "50000", "50000 rows/s", "20 MB/s", "512kB/s" (kB, MB and GB of 1,000); none for anything else.
std::optional<Rate> parse_rate(std::string_view text);

/// What parse_rate() takes, for messages.
inline constexpr std::string_view kRateForm = "rows or bytes a second: \"50000 rows/s\", \"20 MB/s\"";

}  // namespace planrun
