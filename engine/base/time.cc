#include "base/time.h"

#include <array>
#include <chrono>

#include "base/text.h"

namespace planrun {

namespace {

constexpr std::string_view kInfinityText = "infinity";
constexpr std::string_view kMinusInfinityText = "-infinity";

struct Civil {
  std::int64_t year;
  int month;
  int day;
};

/// Of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the
/// leap day is a year's last, and 400 years are one era of 146,097 days.
constexpr std::int64_t days_of(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

constexpr Civil civil_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  const int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

constexpr int days_in_month(int year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// Reads a text from its front; every function leaves the text alone when it answers false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool empty() const { return text_.empty(); }
  bool at(char c) const { return !text_.empty() && text_.front() == c; }
  bool take(char c) {
    if (!at(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool digit(int& value) {
    if (text_.empty() || !is_digit(text_.front())) return false;
    value = text_.front() - '0';
    text_.remove_prefix(1);
    return true;
  }
  bool two(int& value) {
    if (text_.size() < 2 || !is_digit(text_[0]) || !is_digit(text_[1])) return false;
    value = (text_[0] - '0') * 10 + (text_[1] - '0');
    text_.remove_prefix(2);
    return true;
  }
  bool date_shaped() const { return text_.size() >= 5 && text_[4] == '-'; }

 private:
  std::string_view text_;
};

bool parse_date(Scanner& in, IsoTime& out, std::string_view& reason) {
  int century = 0;
  int year = 0;
  int month = 0;
  int day = 0;
  if (!in.two(century) || !in.two(year) || !in.take('-') || !in.two(month) || !in.take('-') || !in.two(day)) {
    reason = "is no date of the form YYYY-MM-DD";
    return false;
  }
  const auto days = days_from_civil(century * 100 + year, month, day);
  if (!days) {
    reason = "names a day that the calendar does not have (years are 0001 to 9999)";
    return false;
  }
  out.has_date = true;
  out.days = *days;
  return true;
}

bool parse_fraction(Scanner& in, IsoTime& out, std::string_view& reason) {
  std::int64_t unit = 100'000;
  int digit = 0;
  int count = 0;
  while (in.digit(digit)) {
    ++count;
    if (digit == 0) {
      unit /= 10;
      continue;
    }
    if (count > 6) {
      reason = "has more than 6 digits of a second";
      return false;
    }
    out.micros += digit * unit;
    out.fraction_digits = count;
    unit /= 10;
  }
  if (count == 0) reason = "has no digit after the point";
  return count > 0;
}

bool parse_clock(Scanner& in, IsoTime& out, std::string_view& reason) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  bool good = in.two(hour) && in.take(':') && in.two(minute);
  const bool has_seconds = good && in.take(':');
  good = good && (!has_seconds || in.two(second));
  if (!good) {
    reason = out.has_date ? "has no time of the form HH:MM[:SS[.ffffff]] after its date"
                          : "is no date or time of the form YYYY-MM-DD HH:MM[:SS[.ffffff]]";
    return false;
  }
  if (hour > 23 || minute > 59 || second > 59) {
    reason = "has an hour past 23, or a minute or second past 59";
    return false;
  }
  out.has_time = true;
  out.micros = ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond;
  return !has_seconds || !in.take('.') || parse_fraction(in, out, reason);
}

bool parse_zone(Scanner& in, IsoTime& out, std::string_view& reason) {
  if (in.take('Z')) {
    out.zone_seconds = 0;
    return true;
  }
  const bool west = in.at('-');
  int hours = 0;
  int minutes = 0;
  bool good = (in.take('+') || in.take('-')) && in.two(hours);
  if (good && !in.empty()) {
    in.take(':');
    good = in.two(minutes);
  }
  // PostgreSQL takes zones up to 15:59 (datetime.c, MAX_TZDISP_HOUR).
  if (!good || hours > 15 || minutes > 59) {
    reason = "ends in a zone that is not Z, +HH, +HH:MM or +HHMM";
    return false;
  }
  out.zone_seconds = (west ? -60 : 60) * (hours * 60 + minutes);
  return true;
}

/// YYYY-MM-DD HH:MM:SS, the form of nearly all, with one question for all of its digits. False: it is another
/// one, or no time.
bool read_plain(std::string_view text, IsoTime& out) {
  constexpr std::size_t kBytes = 19;
  if (text.size() != kBytes || text[4] != '-' || text[7] != '-' || (text[10] != ' ' && text[10] != 'T') ||
      text[13] != ':' || text[16] != ':')
    return false;
  constexpr std::array<std::size_t, 7> kPairs = {0, 2, 5, 8, 11, 14, 17};
  std::array<int, kPairs.size()> numbers{};
  bool is_odd = false;
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const auto tens = static_cast<unsigned>(text[kPairs[i]] - '0');
    const auto ones = static_cast<unsigned>(text[kPairs[i] + 1] - '0');
    is_odd |= tens > 9 || ones > 9;
    numbers[i] = static_cast<int>(tens * 10 + ones);
  }
  const auto [century, year, month, day, hour, minute, second] = numbers;
  if (is_odd || hour > 23 || minute > 59 || second > 59) return false;
  const auto days = days_from_civil(century * 100 + year, month, day);
  if (!days) return false;
  out.has_date = out.has_time = true;
  out.days = *days;
  out.micros = ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond;
  return true;
}

void append_padded(std::int64_t value, int width, std::string& out) {
  const std::string digits = std::to_string(value);
  if (digits.size() < static_cast<std::size_t>(width)) out.append(width - digits.size(), '0');
  out += digits;
}

char* put_two(std::int64_t value, char* at) {
  *at++ = static_cast<char>('0' + value / 10);
  *at++ = static_cast<char>('0' + value % 10);
  return at;
}

std::int64_t floor_days(std::int64_t micros) {
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

}  // namespace

std::optional<std::int64_t> days_from_civil(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
    return std::nullopt;
  }
  return days_of(year, month, day);
}

std::optional<IsoTime> parse_iso_time(std::string_view text, std::string_view& reason) {
  IsoTime out;
  if (read_plain(text, out)) return out;
  Scanner in(text);
  if (in.date_shaped()) {
    if (!parse_date(in, out, reason)) return std::nullopt;
    if (in.empty()) return out;
    if (!in.take('T') && !in.take(' ')) {
      reason = "goes on after the date with something that is no time";
      return std::nullopt;
    }
  }
  if (!parse_clock(in, out, reason)) return std::nullopt;
  if (in.empty()) return out;
  in.take(' ');
  if (!parse_zone(in, out, reason)) return std::nullopt;
  if (!in.empty()) {
    reason = "goes on after its zone";
    return std::nullopt;
  }
  return out;
}

std::optional<std::int64_t> parse_infinity(std::string_view text) {
  if (text == kInfinityText) return kLatest;
  if (text == kMinusInfinityText) return kEarliest;
  return std::nullopt;
}

void append_date(std::int64_t days, std::string& out) {
  if (is_infinite(days)) {
    out += days == kLatest ? kInfinityText : kMinusInfinityText;
    return;
  }
  const Civil civil = civil_of(days);
  char text[10];
  char* at = text;
  if (civil.year >= 0 && civil.year <= 9999) {
    at = put_two(civil.year % 100, put_two(civil.year / 100, at));
  } else {
    append_padded(civil.year, 4, out);
  }
  *at++ = '-';
  at = put_two(civil.month, at);
  *at++ = '-';
  out.append(text, put_two(civil.day, at));
}

void append_time_of_day(std::int64_t micros, std::string& out) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  char text[8];
  char* at = put_two(seconds / 3600, text);
  *at++ = ':';
  at = put_two(seconds / 60 % 60, at);
  *at++ = ':';
  out.append(text, put_two(seconds % 60, at));
  if (micros % kMicrosPerSecond != 0) {
    out += '.';
    append_padded(micros % kMicrosPerSecond, 6, out);
  }
}

void append_timestamp(std::int64_t unix_micros, std::string& out, std::string_view zone) {
  if (is_infinite(unix_micros)) return append_date(unix_micros, out);
  const std::int64_t days = floor_days(unix_micros);
  append_date(days, out);
  out += ' ';
  append_time_of_day(unix_micros - days * kMicrosPerDay, out);
  out += zone;
}

std::int64_t now_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string to_iso_utc(std::int64_t unix_micros) {
  std::string out;
  const std::int64_t days = floor_days(unix_micros);
  append_date(days, out);
  out += 'T';
  append_time_of_day((unix_micros - days * kMicrosPerDay) / kMicrosPerSecond * kMicrosPerSecond, out);
  return out + 'Z';
}

}  // namespace planrun
