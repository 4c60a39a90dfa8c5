#include "transform/interval.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace planrun {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;

/// A number with its sign and fraction, as it stands in the text.
struct Number {
  bool negative = false;
  std::int64_t whole = 0;
  std::int64_t micros = 0;  // of the fraction
  bool has_fraction = false;
  std::size_t digit_count = 0;  // before the point
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool empty() const { return text_.empty(); }
  char front() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char c) {
    if (front() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  bool number(Number& out) {
    out = Number();
    out.negative = take('-');
    if (!out.negative) take('+');
    if (!digits(out.whole, out.digit_count)) return false;
    if (!take('.')) return true;
    out.has_fraction = true;
    return fraction(out.micros);
  }

 private:
  bool digits(std::int64_t& value, std::size_t& count) {
    while (is_digit(front())) {
      if (value > (std::numeric_limits<std::int64_t>::max() - 9) / 10) return false;
      value = value * 10 + (front() - '0');
      text_.remove_prefix(1);
      ++count;
    }
    return count > 0;
  }
  bool fraction(std::int64_t& micros) {
    std::int64_t unit = kSecond / 10;
    bool any = false;
    for (; is_digit(front()); text_.remove_prefix(1)) {
      any = true;
      if (unit == 0 && front() != '0') return false;
      micros += (front() - '0') * unit;
      unit /= 10;
    }
    return any;
  }

  std::string_view text_;
};

/// Adds up fields; false once one of the three numbers is out of its range.
class Sum {
 public:
  bool add_months(const Number& n, std::int64_t unit) { return add(n, unit, months_); }
  bool add_days(const Number& n, std::int64_t unit) { return add(n, unit, days_); }
  bool add_micros(const Number& n, std::int64_t unit) {
    std::int64_t size = 0;
    if (__builtin_mul_overflow(n.whole, unit, &size) || __builtin_add_overflow(size, n.micros, &size))
      return false;
    return !__builtin_add_overflow(micros_, n.negative ? -size : size, &micros_);
  }
  std::optional<Interval> result() const {
    constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (days_ < kLeast || days_ > kMost || months_ < kLeast || months_ > kMost) return std::nullopt;
    return Interval{micros_, static_cast<std::int32_t>(days_), static_cast<std::int32_t>(months_)};
  }

 private:
  static bool add(const Number& n, std::int64_t unit, std::int64_t& sum) {
    std::int64_t size = 0;
    if (n.has_fraction || __builtin_mul_overflow(n.whole, unit, &size)) return false;
    return !__builtin_add_overflow(sum, n.negative ? -size : size, &sum);
  }
  std::int64_t micros_ = 0;
  std::int64_t days_ = 0;
  std::int64_t months_ = 0;
};

bool add_iso_field(Sum& sum, const Number& n, bool time, char unit) {
  if (!time) {
    switch (unit) {
      case 'Y':
        return sum.add_months(n, 12);
      case 'M':
        return sum.add_months(n, 1);
      case 'W':
        return sum.add_days(n, 7);
      default:
        return sum.add_days(n, 1);
    }
  }
  if (n.has_fraction && unit != 'S') return false;
  return sum.add_micros(n, unit == 'H' ? kHour : unit == 'M' ? kMinute : kSecond);
}

std::optional<Interval> parse_iso(Scanner in) {
  Sum sum;
  bool time = false;
  std::string_view units = "YMWD";  // what may still follow, in this order
  bool any = false;
  while (!in.empty()) {
    if (!time && in.take('T')) {
      time = true;
      units = "HMS";
      any = false;
      continue;
    }
    Number n;
    if (!in.number(n)) return std::nullopt;
    const char unit = in.front();
    const std::size_t which = unit == '\0' ? std::string_view::npos : units.find(unit);
    if (which == std::string_view::npos || !in.take(unit) || !add_iso_field(sum, n, time, unit))
      return std::nullopt;
    units.remove_prefix(which + 1);
    any = true;
  }
  return any ? sum.result() : std::nullopt;
}

/// The clock at the end of PostgreSQL's form; one sign for all of it.
bool add_clock(Sum& sum, Scanner& in, Number hours) {
  Number minutes;
  Number seconds;
  if (hours.has_fraction || hours.digit_count < 2 || !in.take(':')) return false;
  if (!is_digit(in.front()) || !in.number(minutes) || minutes.has_fraction || !in.take(':')) return false;
  if (!is_digit(in.front()) || !in.number(seconds)) return false;
  if (minutes.digit_count != 2 || seconds.digit_count != 2 || minutes.whole > 59 || seconds.whole > 59)
    return false;
  minutes.negative = seconds.negative = hours.negative;
  return sum.add_micros(hours, kHour) && sum.add_micros(minutes, kMinute) && sum.add_micros(seconds, kSecond);
}

std::optional<Interval> parse_postgres(Scanner in) {
  Sum sum;
  int last = -1;  // the rank of the field before
  for (;;) {
    Number n;
    if (!in.number(n)) return std::nullopt;
    if (in.front() == ':') {
      if (!add_clock(sum, in, n) || !in.empty()) return std::nullopt;
      return sum.result();
    }
    if (!in.take(' ')) return std::nullopt;
    const int rank = in.take("year") ? 0 : in.take("mon") ? 1 : in.take("day") ? 2 : -1;
    in.take('s');
    if (rank <= last) return std::nullopt;
    last = rank;
    const bool added = rank == 0   ? sum.add_months(n, 12)
                       : rank == 1 ? sum.add_months(n, 1)
                                   : sum.add_days(n, 1);
    if (!added) return std::nullopt;
    if (in.empty()) return sum.result();
    if (!in.take(' ')) return std::nullopt;
  }
}

}  // namespace

std::optional<Interval> parse_interval(std::string_view text) {
  Scanner in(text);
  return in.take('P') ? parse_iso(in) : parse_postgres(in);
}

void append_bytes(const Interval& interval, std::string& out) {
  const auto append = [&](auto value) {
    for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
      out += static_cast<char>(value >> shift);
    }
  };
  append(interval.micros);
  append(interval.days);
  append(interval.months);
}

}  // namespace planrun
