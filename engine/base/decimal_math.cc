#include "base/decimal_math.h"

#include <algorithm>

#include "base/decimal.h"

namespace planrun {

namespace {

/// Sign, digits without a point, and how many of them stand behind it.
struct Parts {
  bool negative = false;
  std::string digits;
  std::size_t scale = 0;

  explicit Parts(std::string_view text) {
    negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    digits = text.substr(0, point);
    if (point == std::string_view::npos) return;
    digits += text.substr(point + 1);
    scale = text.size() - point - 1;
  }

  void widen(std::size_t to_scale) {
    digits.append(to_scale - scale, '0');
    scale = to_scale;
  }
};

std::string assemble(bool negative, std::string digits, std::size_t scale) {
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  std::string out;
  append_canonical_decimal((negative ? "-" : "") + digits, out, true);
  return out;
}

int compare_digits(const std::string& a, const std::string& b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/// To the same scale and length, so that digits stand below each other.
void align(Parts& a, Parts& b) {
  const std::size_t scale = std::max(a.scale, b.scale);
  a.widen(scale);
  b.widen(scale);
  const std::size_t length = std::max(a.digits.size(), b.digits.size());
  a.digits.insert(0, length - a.digits.size(), '0');
  b.digits.insert(0, length - b.digits.size(), '0');
}

std::string sum(const std::string& a, const std::string& b) {
  std::string out(a.size() + 1, '0');
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int digit = a[i] - '0' + b[i] - '0' + carry;
    out[i + 1] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  out[0] = static_cast<char>('0' + carry);
  return out;
}

/// `a` is not less than `b`.
std::string difference(const std::string& a, const std::string& b) {
  std::string out(a.size(), '0');
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    int digit = a[i] - b[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    out[i] = static_cast<char>('0' + digit);
  }
  return out;
}

}  // namespace

std::string add_decimals(std::string_view a, std::string_view b) {
  Parts x(a);
  Parts y(b);
  align(x, y);
  if (x.negative == y.negative) return assemble(x.negative, sum(x.digits, y.digits), x.scale);
  const bool x_is_larger = compare_digits(x.digits, y.digits) >= 0;
  const Parts& larger = x_is_larger ? x : y;
  const Parts& smaller = x_is_larger ? y : x;
  return assemble(larger.negative, difference(larger.digits, smaller.digits), x.scale);
}

std::string multiply_decimals(std::string_view a, std::string_view b) {
  const Parts x(a);
  const Parts y(b);
  std::string out(x.digits.size() + y.digits.size(), '0');
  for (std::size_t i = x.digits.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = y.digits.size(); j-- > 0;) {
      const int digit = (x.digits[i] - '0') * (y.digits[j] - '0') + (out[i + j + 1] - '0') + carry;
      out[i + j + 1] = static_cast<char>('0' + digit % 10);
      carry = digit / 10;
    }
    out[i] = static_cast<char>(out[i] + carry);
  }
  return assemble(x.negative != y.negative, out, x.scale + y.scale);
}

std::string negate_decimal(std::string_view a) {
  if (a == "0") return "0";
  return a.starts_with('-') ? std::string(a.substr(1)) : "-" + std::string(a);
}

int compare_decimals(std::string_view a, std::string_view b) {
  Parts x(a);
  Parts y(b);
  align(x, y);
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  const int order = compare_digits(x.digits, y.digits);
  return x.negative ? -order : order;
}

}  // namespace planrun
