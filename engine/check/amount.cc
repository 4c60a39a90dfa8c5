#include "check/amount.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace planrun {

namespace {

// Exponents beyond this are no amount of anything.
constexpr int kLargestExponent = 1000;

}  // namespace

std::optional<Amount> Amount::parse(std::string_view text) {
  Amount a;
  if (text.starts_with('-')) {
    a.negative_ = true;
    text.remove_prefix(1);
  }
  int exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (fault != std::errc() || end != digits.data() + digits.size() || std::abs(exponent) > kLargestExponent)
      return {};
    text = text.substr(0, e);
  }
  const auto point = text.find('.');
  std::string digits(text.substr(0, point));
  if (point != std::string_view::npos) {
    a.scale_ = static_cast<int>(text.size() - point - 1);
    digits += text.substr(point + 1);
  }
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return {};
  a.digits_ = digits;
  a.scale_ -= exponent;
  if (a.scale_ < 0) {
    a.digits_.append(static_cast<std::size_t>(-a.scale_), '0');
    a.scale_ = 0;
  }
  a.trim();
  return a;
}

void Amount::trim() {
  digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size()));
  while (scale_ > 0 && !digits_.empty() && digits_.back() == '0') {
    digits_.pop_back();
    --scale_;
  }
  if (digits_.empty()) {
    scale_ = 0;
    negative_ = false;
  }
}

Amount Amount::with_scale(int scale) const {
  Amount a = *this;
  if (!a.digits_.empty()) a.digits_.append(static_cast<std::size_t>(scale - scale_), '0');
  a.scale_ = scale;
  return a;
}

int Amount::compare(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

std::string Amount::add(const std::string& a, const std::string& b) {
  std::string sum;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry; ++i) {
    int digit = carry;
    if (i < a.size()) digit += a[a.size() - 1 - i] - '0';
    if (i < b.size()) digit += b[b.size() - 1 - i] - '0';
    sum += static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  std::reverse(sum.begin(), sum.end());
  return sum;
}

std::string Amount::subtract(const std::string& larger, const std::string& smaller) {
  std::string rest;
  int borrow = 0;
  for (std::size_t i = 0; i < larger.size(); ++i) {
    int digit = larger[larger.size() - 1 - i] - '0' - borrow;
    if (i < smaller.size()) digit -= smaller[smaller.size() - 1 - i] - '0';
    borrow = digit < 0 ? 1 : 0;
    rest += static_cast<char>('0' + digit + 10 * borrow);
  }
  std::reverse(rest.begin(), rest.end());
  return rest;
}

std::string Amount::multiply(const std::string& a, const std::string& b) {
  std::string product(a.size() + b.size(), 0);
  for (std::size_t i = a.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = b.size(); j-- > 0;) {
      const int digit = product[i + j + 1] + (a[i] - '0') * (b[j] - '0') + carry;
      product[i + j + 1] = static_cast<char>(digit % 10);
      carry = digit / 10;
    }
    product[i] = static_cast<char>(product[i] + carry);
  }
  for (char& c : product) c = static_cast<char>(c + '0');
  return product;
}

Amount Amount::distance_to(const Amount& other) const {
  const int scale = std::max(scale_, other.scale_);
  const Amount a = with_scale(scale);
  const Amount b = other.with_scale(scale);
  Amount d;
  d.scale_ = scale;
  if (a.negative_ != b.negative_) {
    d.digits_ = add(a.digits_, b.digits_);
  } else {
    const bool a_larger = compare(a.digits_, b.digits_) >= 0;
    d.digits_ = a_larger ? subtract(a.digits_, b.digits_) : subtract(b.digits_, a.digits_);
  }
  d.trim();
  return d;
}

Amount Amount::percent_of(const Amount& whole) const {
  Amount p;
  p.digits_ = multiply(digits_, whole.digits_);
  p.scale_ = scale_ + whole.scale_ + 2;
  p.trim();
  return p;
}

bool Amount::operator<=(const Amount& other) const {
  if (negative_ != other.negative_) return negative_;
  const int scale = std::max(scale_, other.scale_);
  const int order = compare(with_scale(scale).digits_, other.with_scale(scale).digits_);
  return negative_ ? order >= 0 : order <= 0;
}

std::string Amount::text() const {
  std::string text = digits_;
  if (static_cast<int>(text.size()) <= scale_)
    text.insert(0, static_cast<std::size_t>(scale_) + 1 - text.size(), '0');
  if (scale_ > 0) text.insert(text.size() - static_cast<std::size_t>(scale_), ".");
  if (text.empty()) text = "0";
  return (negative_ ? "-" : "") + text;
}

}  // namespace planrun
