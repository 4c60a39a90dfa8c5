// Lengths of time as a plan writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace planrun {

/// "7d" -> seconds; none for anything but a whole number from 1 to 1,000,000 and s, m, h or d.
std::optional<std::int64_t> parse_duration(std::string_view text);

/// What parse_duration() takes, for messages.
inline constexpr std::string_view kDurationForm = "a whole number and s, m, h or d: \"7d\"";

}  // namespace planrun
