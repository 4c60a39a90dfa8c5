#include "transform/date_format.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace planrun {

namespace {

constexpr std::string_view kDirectives = "YymdHMSbf";
constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";

/// Reads `least` to `most` digits from the front.
bool take_digits(std::string_view& text, std::size_t least, std::size_t most, int& value) {
  std::size_t count = 0;
  value = 0;
  while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9') {
    value = value * 10 + (text[count++] - '0');
  }
  text.remove_prefix(count);
  return count >= least;
}

bool take_month(std::string_view& text, int& month) {
  if (text.size() < 3) return false;
  const std::size_t at = kMonths.find(to_lower_ascii(text.substr(0, 3)));
  if (at == std::string_view::npos || at % 3 != 0) return false;
  month = static_cast<int>(at / 3) + 1;
  text.remove_prefix(3);
  return true;
}

bool take_fraction(std::string_view& text, int& micros) {
  const std::size_t before = text.size();
  if (!take_digits(text, 1, 6, micros)) return false;
  for (std::size_t count = before - text.size(); count < 6; ++count) micros *= 10;
  return true;
}

struct Fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
};

bool take(char directive, bool one_digit, std::string_view& text, Fields& fields) {
  const std::size_t least = one_digit ? 1 : 2;
  switch (directive) {
    case 'Y':
      return take_digits(text, 4, 4, fields.year);
    case 'y':
      if (!take_digits(text, 2, 2, fields.year)) return false;
      fields.year += fields.year < 69 ? 2000 : 1900;
      return true;
    case 'm':
      return take_digits(text, least, 2, fields.month);
    case 'b':
      return take_month(text, fields.month);
    case 'd':
      return take_digits(text, least, 2, fields.day);
    case 'H':
      return take_digits(text, least, 2, fields.hour);
    case 'M':
      return take_digits(text, least, 2, fields.minute);
    case 'S':
      return take_digits(text, least, 2, fields.second);
    default:
      return take_fraction(text, fields.micros);
  }
}

/// The directives of a format, in order, each once; "?" where one is unknown.
std::string directives_of(std::string_view format) {
  std::string found;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const char directive = ++i < format.size() ? format[i] : '\0';
    if (directive != '%') found += kDirectives.find(directive) != std::string_view::npos ? directive : '?';
  }
  return found;
}

}  // namespace

std::string DateFormat::check(std::string_view format) {
  const std::string found = directives_of(format);
  const auto count = [&](std::string_view of) {
    return std::count_if(found.begin(), found.end(),
                         [&](char c) { return of.find(c) != std::string_view::npos; });
  };
  if (count("?") > 0) return "knows %Y %y %m %b %d %H %M %S %f and %% only";
  for (const std::string_view one : {"Yy", "mb", "d", "H", "M", "S", "f"}) {
    if (count(one) > 1) return "names the same part of a time twice";
  }
  const bool date = count("Yymbd") > 0;
  if (date && count("Yymbd") != 3)
    return "needs a year (%Y or %y), a month (%m or %b) and a day (%d) for a date";
  const bool time = count("HMSf") > 0;
  if (time && count("HM") != 2) return "needs an hour (%H) and a minute (%M) for a time";
  if (count("f") > count("S")) return "needs seconds (%S) before their fraction (%f)";
  if (!date && !time) return "names no part of a date or time";
  return {};
}

DateFormat::DateFormat(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    Part part;
    if (format[i] != '%') {
      part.literal = format[i];
    } else if (format[++i] == '%') {
      part.literal = '%';
    } else {
      part.directive = format[i];
    }
    parts_.push_back(part);
  }
  const auto digits = [](const Part& p) {
    return p.directive == '\0' ? p.literal >= '0' && p.literal <= '9' : p.directive != 'b';
  };
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    parts_[i].one_digit =
        (i == 0 || !digits(parts_[i - 1])) && (i + 1 == parts_.size() || !digits(parts_[i + 1]));
  }
}

bool DateFormat::has(char directive) const {
  return std::any_of(parts_.begin(), parts_.end(), [=](const Part& p) { return p.directive == directive; });
}

bool DateFormat::append_iso(std::string_view text, std::string& out) const {
  Fields fields;
  for (const Part& part : parts_) {
    if (part.directive != '\0') {
      if (!take(part.directive, part.one_digit, text, fields)) return false;
    } else {
      if (text.empty() || text.front() != part.literal) return false;
      text.remove_prefix(1);
    }
  }
  if (!text.empty() || fields.hour > 23 || fields.minute > 59 || fields.second > 59) return false;
  const bool date = has('d');
  if (date) {
    const auto days = days_from_civil(fields.year, fields.month, fields.day);
    if (!days) return false;
    append_date(*days, out);
  }
  if (has('H')) {
    if (date) out += ' ';
    constexpr std::int64_t kMicrosPerSecond = 1'000'000;
    append_time_of_day(
        ((fields.hour * 60 + fields.minute) * 60 + fields.second) * kMicrosPerSecond + fields.micros, out);
  }
  return true;
}

}  // namespace planrun
