// The tokens of a JSON text: strings and numbers, read and written in the canonical way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace planrun {

/// 0 to 15, or -1.
int json_hex_digit(char c);

void append_utf8(unsigned code_point, std::string& out);

/// An ASCII character inside a canonical string: as it is, or its shortest escape.
void append_json_ascii(char c, std::string& out);

/// Order of two canonical strings' contents, bytewise; the texts are without their quotes.
int compare_json_strings(std::string_view a, std::string_view b);

/// Where the first quote, backslash or control character stands.
const char* end_of_plain_json(const char* at, const char* end);

/// A number token, taken apart.
struct JsonNumber {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;

  /// `token` is a number by RFC 8259.
  explicit JsonNumber(std::string_view token);
  bool is_zero() const;
  /// Whether jsonb, which keeps numbers as numeric, takes it.
  bool in_range() const;
};

/// [-]DIGITSeEXPONENT without zeros at the end; zero is 0.
void append_canonical(const JsonNumber& number, std::string& out);

}  // namespace planrun
