// The format of `date_format('...')`: how a text writes a date, a time or both.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace planrun {

/// Directives, as in strptime(3): %Y four digits; %y two digits (69 to 99 are 1969 to 1999, 00 to 68 are 2000
/// to 2068); %m %d %H %M %S two digits, or one where no digit stands beside; %b an English month's first
/// three letters in any case; %f one to six digits of a second; %% a percent sign. All else stands for
/// itself, and the whole text must match.
class DateFormat {
 public:
  /// What is wrong with `format`; empty when nothing is. A date needs year, month and day; a time needs %H
  /// and %M.
  static std::string check(std::string_view format);

  DateFormat() = default;
  /// `format` must be right.
  explicit DateFormat(std::string_view format);

  /// Appends the text as ISO: YYYY-MM-DD, HH:MM:SS[.ffffff], or both with a blank between. False when it does
  /// not match or names a day or time that does not exist.
  bool append_iso(std::string_view text, std::string& out) const;

 private:
  struct Part {
    char directive = '\0';  // '\0': a literal
    char literal = '\0';
    bool one_digit = false;  // a single digit will do
  };
  bool has(char directive) const;
  std::vector<Part> parts_;
};

}  // namespace planrun
