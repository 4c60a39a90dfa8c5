// Small helpers on text that know no word of the domain.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace planrun {

bool is_valid_utf8(std::string_view text);
/// Code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);
/// Every maximal invalid sequence becomes U+FFFD (Unicode 15, chapter 3, "substitution of maximal subparts").
std::string replace_invalid_utf8(std::string_view text);

/// An ASCII digit, whatever the locale.
inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
std::string_view trim(std::string_view text);
std::string to_lower_ascii(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
/// "a, b, c".
std::string comma_list(std::span<const std::string> names);

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view hex);
std::optional<std::string> from_base64(std::string_view text);

/// For a message: quoted, control and invalid bytes escaped, cut to about `limit` bytes with "..." .
std::string quote_for_message(std::string_view text, std::size_t limit = 60);

/// The candidate nearest to `word` by edit distance, if near enough to be meant.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// 12345678 -> "12,345,678"; bytes as "1.5 MB"; seconds as "0.42 s", "3 min 12 s".
std::string with_thousands(std::int64_t value);
/// 1, "row" -> "1 row"; 1234, "row" -> "1,234 rows".
std::string counted(std::int64_t count, std::string_view what);
std::string human_bytes(std::int64_t bytes);
std::string human_seconds(double seconds);

}  // namespace planrun
