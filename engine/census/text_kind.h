// What a text is, beside being a text: the first of these kinds whose rules it keeps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/time.h"

namespace planrun {

enum class TextKind : std::uint8_t {
  empty,        // ''
  integer,      // -?DIGITS without leading zeros, of any length
  decimal,      // the same with a point and digits behind it
  date,         // ISO times as base/time.h takes them
  timestamp,    // date and time without a zone
  timestamptz,  // date and time with a zone
  time,         // without a zone
  json,         // an object or array (RFC 8259)
  uuid,         // 8-4-4-4-12 hexadecimal digits
  boolean,      // t, f, true, false, y, n, yes, no, on, off in any case
  other,
};
inline constexpr std::size_t kTextKinds = 11;
std::string_view to_string(TextKind kind);

/// What was seen on the way.
struct ReadText {
  TextKind kind = TextKind::other;
  DecimalSize digits{};           // of integer and decimal, without zeros that mean nothing
  bool fits_bigint = false;       // of integer
  std::int64_t integer = 0;       // where it does
  std::int64_t micros = 0;        // of date, timestamp, timestamptz: since 1970, UTC where it has a zone
  int fraction_digits = 0;        // of timestamp, timestamptz, time: of a second
  bool plain_boolean = false;     // t, f, true, false: a boolean without a conversion
  bool refused_by_jsonb = false;  // of json: duplicate keys, \u0000, lone surrogates, huge numbers
  bool broken_json = false;       // of other: begins and ends as an object or array, and is none
};

/// One thread; keeps a buffer, so that a value costs no allocation.
class TextReader {
 public:
  /// `text` is valid UTF-8 without NUL.
  ReadText read(std::string_view text);

 private:
  bool read_number(std::string_view text, ReadText& out);
  void read_json(std::string_view text, ReadText& out);
  std::string buffer_;
};

}  // namespace planrun
