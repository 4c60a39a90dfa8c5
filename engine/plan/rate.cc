#include "plan/rate.h"

#include <charconv>
#include <cmath>

namespace planrun {

std::optional<Rate> parse_rate(std::string_view text) {
  double count = 0;
  const auto [stopped, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc() || !std::isfinite(count) || count <= 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.ends_with("/s")) text.remove_suffix(2);
  Rate rate;
  if (text.empty() || text == "rows") {
    rate.rows_per_second = count;
  } else if (text == "kB") {
    rate.bytes_per_second = count * 1e3;
  } else if (text == "MB") {
    rate.bytes_per_second = count * 1e6;
  } else if (text == "GB") {
    rate.bytes_per_second = count * 1e9;
  } else {
    return std::nullopt;
  }
  return rate;
}

}  // namespace planrun
