#include "sqlite/broken_utf16.h"

#include <cstddef>
#include <cstdint>

namespace planrun {
namespace {

bool is_high(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool is_low(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

void append(std::uint32_t point, std::string& text) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

bool read_broken_utf16(sqlite3_value* value, std::string& text) {
  if (sqlite3_value_type(value) != SQLITE_TEXT) return false;
  const int encoding = sqlite3_value_encoding(value);
  if (encoding == SQLITE_UTF8) return false;
  const auto* bytes = static_cast<const unsigned char*>(
      encoding == SQLITE_UTF16BE ? sqlite3_value_text16be(value) : sqlite3_value_text16le(value));
  const std::size_t count = static_cast<std::size_t>(sqlite3_value_bytes16(value)) / 2;
  const std::size_t low_byte = encoding == SQLITE_UTF16BE ? 1 : 0;
  const auto unit = [&](std::size_t i) -> std::uint32_t {
    return i >= count
               ? 0U
               : bytes[2 * i + low_byte] | static_cast<std::uint32_t>(bytes[2 * i + 1 - low_byte]) << 8;
  };
  bool broken = false;
  text.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (is_high(unit(i)) && is_low(unit(i + 1))) {
      append(0x10000 + ((unit(i) - 0xD800) << 10) + (unit(i + 1) - 0xDC00), text);
      ++i;
    } else {
      broken = broken || is_high(unit(i)) || is_low(unit(i));
      append(unit(i), text);
    }
  }
  return broken;
}

}  // namespace planrun
