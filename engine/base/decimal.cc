#include "base/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace planrun {

namespace {

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// Adds one in the last place; "99" becomes "100".
void increment(std::string& digits) {
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (digits[i] != '9') {
      ++digits[i];
      return;
    }
    digits[i] = '0';
  }
  digits.insert(0, 1, '1');
}

template <typename Number>
void append_shortest(Number value, std::string& out) {
  // Scientific, because the fixed form writes all digits of 1e23; the shortest ones are what databases print.
  std::array<char, 32> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t e = text.find('e');
  std::string_view mantissa = text.substr(0, e);
  if (mantissa.front() == '-') {
    out += '-';
    mantissa.remove_prefix(1);
  }
  const char* exponent_begin = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  int exponent = 0;
  std::from_chars(exponent_begin, end, exponent);
  const std::string_view fraction = mantissa.size() > 2 ? mantissa.substr(2) : std::string_view();
  const int digit_count = static_cast<int>(fraction.size());
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0');
    out += mantissa[0];
    out += fraction;
  } else if (exponent >= digit_count) {
    out += mantissa[0];
    out += fraction;
    out.append(static_cast<std::size_t>(exponent - digit_count), '0');
  } else {
    out += mantissa[0];
    out += fraction.substr(0, static_cast<std::size_t>(exponent));
    out += '.';
    out += fraction.substr(static_cast<std::size_t>(exponent));
  }
}

}  // namespace

bool append_canonical_decimal(std::string_view text, std::string& out, bool allow_leading_zeros) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::string_view whole = text.substr(0, count_digits(text));
  std::string_view fraction = text.substr(whole.size());
  if (whole.empty()) return false;
  if (!fraction.empty()) {
    if (fraction.front() != '.') return false;
    fraction.remove_prefix(1);
    if (fraction.empty() || count_digits(fraction) != fraction.size()) return false;
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
  }
  if (whole.size() > 1 && whole.front() == '0') {
    if (!allow_leading_zeros) return false;
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size() - 1));
  }
  if (negative && (whole != "0" || !fraction.empty())) out += '-';
  out += whole;
  if (!fraction.empty()) {
    out += '.';
    out += fraction;
  }
  return true;
}

void append_shortest_decimal(double value, std::string& out) {
  append_shortest(value, out);
}

void append_shortest_decimal(float value, std::string& out) {
  append_shortest(value, out);
}

DecimalSize decimal_size(std::string_view canonical) {
  if (canonical.starts_with('-')) canonical.remove_prefix(1);
  const std::size_t point = canonical.find('.');
  const std::string_view whole = canonical.substr(0, point);
  const std::size_t fraction = point == std::string_view::npos ? 0 : canonical.size() - point - 1;
  return {whole == "0" ? 0 : static_cast<int>(whole.size()), static_cast<int>(fraction)};
}

std::string round_decimal(std::string_view canonical, int scale) {
  const bool negative = canonical.starts_with('-');
  if (negative) canonical.remove_prefix(1);
  const std::size_t point = std::min(canonical.find('.'), canonical.size());
  std::string digits(canonical.substr(0, point));
  if (point < canonical.size()) digits += canonical.substr(point + 1);

  // `keep` digits stay; the rest is cut, and the first of the rest decides.
  const auto keep = static_cast<std::ptrdiff_t>(point) + scale;
  std::ptrdiff_t whole = static_cast<std::ptrdiff_t>(point);
  if (keep < static_cast<std::ptrdiff_t>(digits.size())) {
    const bool up = keep >= 0 && digits[static_cast<std::size_t>(keep)] >= '5';
    digits.resize(static_cast<std::size_t>(std::max<std::ptrdiff_t>(keep, 0)));
    const std::size_t size = digits.size();
    if (up) increment(digits);
    whole += static_cast<std::ptrdiff_t>(digits.size() - size);
  }
  if (static_cast<std::ptrdiff_t>(digits.size()) < whole) {
    digits.append(static_cast<std::size_t>(whole) - digits.size(), '0');
  }
  std::string text = negative ? "-" : "";
  text += whole == 0 ? "0" : digits.substr(0, static_cast<std::size_t>(whole));
  if (static_cast<std::ptrdiff_t>(digits.size()) > whole) {
    text += '.';
    text += digits.substr(static_cast<std::size_t>(whole));
  }
  std::string out;
  append_canonical_decimal(text, out, true);
  return out;
}

}  // namespace planrun
