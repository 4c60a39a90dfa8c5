#include "sqlite/interval_text.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include "base/big_endian.h"
#include "base/time.h"

namespace planrun {
namespace {

constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;

template <typename Integer>
void append_big_endian(Integer value, std::string& out) {
  char bytes[sizeof(Integer)];
  to_big_endian(value, bytes);
  out.append(bytes, sizeof bytes);
}

void append_part(std::int64_t value, char unit, std::string& out) {
  if (value == 0) return;
  out += std::to_string(value);
  out += unit;
}

void append_seconds(std::int64_t micros, std::string& out) {
  if (micros == 0) return;
  if (micros < 0) out += '-';
  const std::int64_t positive = micros < 0 ? -micros : micros;  // below a minute
  out += std::to_string(positive / kMicrosPerSecond);
  if (const std::int64_t fraction = positive % kMicrosPerSecond; fraction != 0) {
    std::string digits = std::to_string(fraction);
    digits.insert(0, 6 - digits.size(), '0');
    digits.erase(digits.find_last_not_of('0') + 1);
    out += '.' + digits;
  }
  out += 'S';
}

struct Part {
  std::int64_t whole = 0;
  std::int64_t micros = 0;  // of a fraction, with the part's sign
  char unit = 0;
};

std::optional<Part> take_part(std::string_view& text) {
  const bool negative = text.starts_with('-');
  Part part;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, part.whole);
  if (failure != std::errc() || rest == end) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    std::int64_t unit = kMicrosPerSecond;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
      unit /= 10;
      if (unit == 0) return std::nullopt;
      part.micros += (text[0] - '0') * unit;
      text.remove_prefix(1);
    }
    if (negative) part.micros = -part.micros;
  }
  if (text.empty()) return std::nullopt;
  part.unit = text[0];
  text.remove_prefix(1);
  return part;
}

bool add_scaled(std::int64_t& sum, std::int64_t value, std::int64_t scale) {
  std::int64_t product = 0;
  return !__builtin_mul_overflow(value, scale, &product) && !__builtin_add_overflow(sum, product, &sum);
}

bool fits_32(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

}  // namespace

void append_interval(std::string_view bytes, std::string& out) {
  const auto micros = from_big_endian<std::int64_t>(bytes.data());
  const auto days = from_big_endian<std::int32_t>(bytes.data() + 8);
  const auto months = from_big_endian<std::int32_t>(bytes.data() + 12);
  out += 'P';
  append_part(months / 12, 'Y', out);
  append_part(months % 12, 'M', out);
  append_part(days, 'D', out);
  if (micros != 0) {
    out += 'T';
    append_part(micros / kMicrosPerHour, 'H', out);
    append_part(micros % kMicrosPerHour / kMicrosPerMinute, 'M', out);
    append_seconds(micros % kMicrosPerMinute, out);
  } else if (days == 0 && months == 0) {
    out += "T0S";
  }
}

bool parse_interval(std::string_view text, std::string& bytes) {
  if (text.size() < 3 || text[0] != 'P') return false;
  text.remove_prefix(1);
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t micros = 0;
  bool in_time = false;
  while (!text.empty()) {
    if (text[0] == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
    }
    const auto part = take_part(text);
    if (!part || (part->micros != 0 && part->unit != 'S')) return false;
    bool added = false;
    if (!in_time && part->unit == 'Y') added = add_scaled(months, part->whole, 12);
    if (!in_time && part->unit == 'M') added = add_scaled(months, part->whole, 1);
    if (!in_time && part->unit == 'D') added = add_scaled(days, part->whole, 1);
    if (in_time && part->unit == 'H') added = add_scaled(micros, part->whole, kMicrosPerHour);
    if (in_time && part->unit == 'M') added = add_scaled(micros, part->whole, kMicrosPerMinute);
    if (in_time && part->unit == 'S') {
      added = add_scaled(micros, part->whole, kMicrosPerSecond) && add_scaled(micros, part->micros, 1);
    }
    if (!added) return false;
  }
  if (!fits_32(months) || !fits_32(days)) return false;
  append_big_endian(micros, bytes);
  append_big_endian(static_cast<std::int32_t>(days), bytes);
  append_big_endian(static_cast<std::int32_t>(months), bytes);
  return true;
}

}  // namespace planrun
