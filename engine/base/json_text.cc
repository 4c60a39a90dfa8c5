#include "base/json_text.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace planrun {

namespace {

/// PostgreSQL 15, numeric.c: 131,072 digits before the point and 16,383 after it, zeros at the end included;
/// the exponent itself stays below 2^30.
constexpr std::int64_t kIntegerDigits = 131'072;
constexpr std::int64_t kFractionDigits = 16'383;
constexpr std::int64_t kExponent = 1'073'741'823;

/// The next byte of a canonical string's content.
unsigned char take_byte(std::string_view& text) {
  if (text[0] != '\\') {
    const char c = text[0];
    text.remove_prefix(1);
    return static_cast<unsigned char>(c);
  }
  const char kind = text[1];
  if (kind == 'u') {
    const int value = json_hex_digit(text[4]) * 16 + json_hex_digit(text[5]);
    text.remove_prefix(6);
    return static_cast<unsigned char>(value);
  }
  text.remove_prefix(2);
  switch (kind) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return static_cast<unsigned char>(kind);
  }
}

}  // namespace

int json_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(unsigned code_point, std::string& out) {
  const auto continuation = [&](int shift) { out += static_cast<char>(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
    return;
  }
  if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | code_point >> 6);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | code_point >> 12);
    continuation(6);
  } else {
    out += static_cast<char>(0xF0 | code_point >> 18);
    continuation(12);
    continuation(6);
  }
  continuation(0);
}

void append_json_ascii(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    out += "\\u00";
    out += static_cast<char>('0' + (c >> 4));
    out += kHexDigits[c & 15];
  } else {
    out += c;
  }
}

int compare_json_strings(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const int difference = take_byte(a) - take_byte(b);
    if (difference != 0) return difference;
  }
  return static_cast<int>(!a.empty()) - static_cast<int>(!b.empty());
}

const char* end_of_plain_json(const char* at, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  // The lowest high bit that is set is right; those above it may come of its borrow.
  const auto zero_bytes = [](std::uint64_t word) { return (word - kOnes) & ~word; };
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - at >= 8; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      const std::uint64_t control = (word - kOnes * 0x20) & ~word;
      const std::uint64_t found =
          (control | zero_bytes(word ^ kOnes * '"') | zero_bytes(word ^ kOnes * '\\')) & kHighs;
      if (found != 0) return at + std::countr_zero(found) / 8;
    }
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

JsonNumber::JsonNumber(std::string_view token) {
  negative = token.front() == '-';
  if (negative) token.remove_prefix(1);
  const std::size_t e = token.find_first_of("eE");
  const std::string_view mantissa = token.substr(0, e);
  const std::size_t point = mantissa.find('.');
  whole = mantissa.substr(0, point);
  if (point != std::string_view::npos) fraction = mantissa.substr(point + 1);
  if (e == std::string_view::npos) return;
  std::string_view power = token.substr(e + 1);
  if (power.front() == '+') power.remove_prefix(1);
  const auto read = std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (read.ec != std::errc()) exponent = power.front() == '-' ? -kExponent : kExponent;
}

bool JsonNumber::is_zero() const {
  return whole == "0" && fraction.find_first_not_of('0') == std::string_view::npos;
}

bool JsonNumber::in_range() const {
  if (exponent >= kExponent || exponent <= -kExponent) return false;
  if (static_cast<std::int64_t>(fraction.size()) - exponent > kFractionDigits) return false;
  if (is_zero()) return true;
  const auto leading = whole != "0" ? static_cast<std::int64_t>(whole.size())
                                    : -static_cast<std::int64_t>(fraction.find_first_not_of('0'));
  return leading + exponent <= kIntegerDigits;
}

void append_canonical(const JsonNumber& number, std::string& out) {
  if (number.is_zero()) {
    out += '0';
    return;
  }
  if (number.negative) out += '-';
  if (number.whole != "0") out += number.whole;
  out +=
      number.whole != "0" ? number.fraction : number.fraction.substr(number.fraction.find_first_not_of('0'));
  const std::size_t size = out.find_last_not_of('0') + 1;
  const auto zeros = static_cast<std::int64_t>(out.size() - size);
  out.resize(size);
  out += 'e';
  out += std::to_string(number.exponent - static_cast<std::int64_t>(number.fraction.size()) + zeros);
}

}  // namespace planrun
