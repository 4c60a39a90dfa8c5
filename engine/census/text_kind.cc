#include "census/text_kind.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/canonical_json.h"
#include "base/text.h"

namespace planrun {

namespace {

constexpr std::array<std::string_view, kTextKinds> kNames = {"empty",     "integer",     "decimal", "date",
                                                             "timestamp", "timestamptz", "time",    "json",
                                                             "uuid",      "boolean",     "other"};

constexpr std::size_t kKeptBytes = 1 << 20;

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) return false;
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex_digit(text[i])) return false;
  }
  return true;
}

bool is_word(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) { return (a | 0x20) == b; });
}

bool is_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWords = {"t", "f",   "true", "false", "y",
                                                       "n", "yes", "no",   "on",    "off"};
  constexpr std::size_t kLongest = 5;
  return text.size() <= kLongest &&
         std::ranges::any_of(kWords, [&](std::string_view word) { return is_word(text, word); });
}

bool read_time(std::string_view text, ReadText& out) {
  // YYYY-... or HH:...: most texts that begin with a digit are neither.
  if (text.size() < 5 || !is_digit(text[0]) || (text[4] != '-' && text[2] != ':')) return false;
  std::string_view reason;
  const auto time = parse_iso_time(text, reason);
  if (!time || (!time->has_date && time->zone_seconds)) return false;
  out.kind = !time->has_date      ? TextKind::time
             : !time->has_time    ? TextKind::date
             : time->zone_seconds ? TextKind::timestamptz
                                  : TextKind::timestamp;
  out.fraction_digits = time->fraction_digits;
  out.micros = time->days * kMicrosPerDay + time->micros - time->zone_seconds.value_or(0) * kMicrosPerSecond;
  return true;
}

}  // namespace

std::string_view to_string(TextKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

bool TextReader::read_number(std::string_view text, ReadText& out) {
  buffer_.clear();
  if (!append_canonical_decimal(text, buffer_)) return false;
  out.digits = decimal_size(buffer_);
  out.kind = text.find('.') == std::string_view::npos ? TextKind::integer : TextKind::decimal;
  if (out.kind == TextKind::integer) {
    out.fits_bigint = std::from_chars(text.data(), text.data() + text.size(), out.integer).ec == std::errc();
  }
  return true;
}

void TextReader::read_json(std::string_view text, ReadText& out) {
  buffer_.clear();
  const JsonFault fault = append_canonical_json(text, buffer_);
  if (buffer_.capacity() > kKeptBytes) buffer_ = {};
  out.broken_json = fault == JsonFault::syntax || fault == JsonFault::too_deep;
  if (out.broken_json) return;
  out.kind = TextKind::json;
  out.refused_by_jsonb = fault != JsonFault::none;
}

ReadText TextReader::read(std::string_view text) {
  ReadText out;
  if (text.empty()) {
    out.kind = TextKind::empty;
    return out;
  }
  const std::string_view inside = text.front() <= ' ' ? trim(text) : text;
  if (inside.empty()) return out;
  const char first = inside.front();
  if (first == '{' || first == '[') {
    const char last = trim(inside).back();
    if (last == (first == '{' ? '}' : ']')) read_json(text, out);
    return out;
  }
  if ((is_digit(first) || first == '-') && (read_number(text, out) || read_time(text, out))) return out;
  if (is_uuid(text)) {
    out.kind = TextKind::uuid;
  } else if (is_boolean(text)) {
    out.kind = TextKind::boolean;
    out.plain_boolean = text == "t" || text == "f" || text == "true" || text == "false";
  }
  return out;
}

}  // namespace planrun
