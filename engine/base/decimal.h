// Decimal numbers as text: [-]DIGITS[.DIGITS], of any length, exact.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace planrun {

/// Appends `text` without leading and trailing zeros ("-0.50" -> "-0.5", "7.00" -> "7", "-0" -> "0").
/// Takes [-]DIGITS[.DIGITS] only; false and nothing appended for anything else (blank, plus, exponent, ".5",
/// "5."). `allow_leading_zeros` is for texts that a database printed; a value of a source has none ("007" is
/// refused).
bool append_canonical_decimal(std::string_view text, std::string& out, bool allow_leading_zeros = false);

/// The shortest decimal that reads back as `value`, never in exponent form. PostgreSQL prints the same, but
/// for the few values half way between two doubles: 1e23 there is 9.999999999999999e+22.
/// `value` must be finite; -0.0 is "-0".
void append_shortest_decimal(double value, std::string& out);
/// The same of a float: the shortest that reads back as this float.
void append_shortest_decimal(float value, std::string& out);

struct DecimalSize {
  int integer_digits;   // digits before the point, without leading zeros
  int fraction_digits;  // digits after the point
};
/// Of a canonical decimal.
DecimalSize decimal_size(std::string_view canonical);

/// Rounds a canonical decimal half away from zero to `scale` digits (PostgreSQL's rule for numeric);
/// canonical again. A negative scale rounds before the point: 1250 to -2 is 1300.
std::string round_decimal(std::string_view canonical, int scale);

}  // namespace planrun
