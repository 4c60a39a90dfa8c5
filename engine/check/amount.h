// Exact decimal amounts, as much arithmetic as comparing with a tolerance needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace planrun {

/// A decimal of any length: [-]digits[.digits]; also with an exponent, as databases print doubles.
class Amount {
 public:
  static std::optional<Amount> parse(std::string_view text);
  /// |this - other|
  Amount distance_to(const Amount& other) const;
  /// `this` percent of |whole|
  Amount percent_of(const Amount& whole) const;
  bool is_zero() const { return digits_.empty(); }
  bool operator<=(const Amount& other) const;
  std::string text() const;

 private:
  static int compare(const std::string& a, const std::string& b);
  static std::string add(const std::string& a, const std::string& b);
  static std::string subtract(const std::string& larger, const std::string& smaller);
  static std::string multiply(const std::string& a, const std::string& b);
  Amount with_scale(int scale) const;
  void trim();

  bool negative_ = false;
  std::string digits_;  // most significant first, without leading zeros; empty: zero
  int scale_ = 0;       // digits after the point, never negative
};

}  // namespace planrun
