#include "plan/conversion_names.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace planrun {
namespace {

constexpr std::array kConversions = {
    ConversionName{"boolean", ConversionArgument::none, "boolean"},
    ConversionName{"unix_seconds", ConversionArgument::none, "unix_seconds"},
    ConversionName{"unix_millis", ConversionArgument::none, "unix_millis"},
    ConversionName{"unix_micros", ConversionArgument::none, "unix_micros"},
    ConversionName{"julian_day", ConversionArgument::none, "julian_day"},
    ConversionName{"date_format", ConversionArgument::format,
                   "date_format('%d.%m.%Y'); a date, a time or both of %Y %y %m %b %d %H %M %S %f and %%"},
    ConversionName{"trim", ConversionArgument::none, "trim"},
    ConversionName{"empty_as_null", ConversionArgument::none, "empty_as_null"},
    ConversionName{"decimal_comma", ConversionArgument::none, "decimal_comma"},
    ConversionName{"round", ConversionArgument::optional_digits, "round or round(2)"},
    ConversionName{"utc", ConversionArgument::none, "utc"},
    ConversionName{"replace_nul", ConversionArgument::optional_text, "replace_nul or replace_nul('?')"},
    ConversionName{"replace_invalid_utf8", ConversionArgument::none, "replace_invalid_utf8"},
    ConversionName{"text", ConversionArgument::none, "text"},
    ConversionName{"bytes", ConversionArgument::none, "bytes"},
    ConversionName{"base64", ConversionArgument::none, "base64"},
    ConversionName{"json_last_key", ConversionArgument::none, "json_last_key"},
};

bool is_word(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

// One argument from the front of `rest`: a text in single quotes, or a number.
std::optional<std::string> take_argument(std::string_view& rest) {
  std::string argument;
  if (!rest.starts_with('\'')) {
    const auto end = std::min(rest.find_first_of(", "), rest.size());
    argument = rest.substr(0, end);
    rest.remove_prefix(end);
    if (argument.empty() || argument.find_first_not_of("-0123456789") != std::string::npos)
      return std::nullopt;
    return argument;
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\'') {
      if (i + 1 >= rest.size() || rest[i + 1] != '\'') {
        rest.remove_prefix(i + 1);
        return argument;
      }
      ++i;
    }
    argument += rest[i];
  }
  return std::nullopt;
}

bool is_digit_count(const std::string& text) {
  constexpr int kMost = 1000;
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && read == end && value >= -kMost && value <= kMost;
}

// Whether every % begins a directive that there is, and there is one.
bool is_date_format(std::string_view format) {
  constexpr std::string_view kDirectives = "YymbdHMSf%";
  bool found = false;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i >= format.size() || kDirectives.find(format[i]) == std::string_view::npos) return false;
    found = found || format[i] != '%';
  }
  return found;
}

bool fits(ConversionArgument shape, const std::vector<std::string>& arguments) {
  switch (shape) {
    case ConversionArgument::none:
      return arguments.empty();
    case ConversionArgument::format:
      return arguments.size() == 1 && is_date_format(arguments[0]);
    case ConversionArgument::optional_digits:
      return arguments.empty() || (arguments.size() == 1 && is_digit_count(arguments[0]));
    case ConversionArgument::optional_text:
      return arguments.empty() || (arguments.size() == 1 && arguments[0].find('\0') == std::string::npos);
  }
  return false;
}

}  // namespace

std::span<const ConversionName> known_conversions() {
  return kConversions;
}

std::optional<PlanConversion> parse_conversion(const Located& call) {
  std::string_view text = trim(call.text);
  const auto open = text.find('(');
  PlanConversion conversion{std::string(trim(text.substr(0, open))), {}, call.at};
  if (!is_word(conversion.name)) return std::nullopt;
  if (open == std::string_view::npos) return conversion;
  if (!text.ends_with(')')) return std::nullopt;
  std::string_view rest = trim(text.substr(open + 1, text.size() - open - 2));
  while (!rest.empty()) {
    const auto argument = take_argument(rest);
    if (!argument) return std::nullopt;
    conversion.arguments.push_back(*argument);
    rest = trim(rest);
    if (rest.empty()) break;
    if (!rest.starts_with(',')) return std::nullopt;
    rest = trim(rest.substr(1));
    if (rest.empty()) return std::nullopt;
  }
  return conversion;
}

ConversionFault check_conversion_name(const PlanConversion& conversion) {
  const auto known = std::find_if(kConversions.begin(), kConversions.end(),
                                  [&](const auto& c) { return c.name == conversion.name; });
  if (known == kConversions.end()) {
    std::vector<std::string> names;
    names.reserve(kConversions.size());
    for (const auto& c : kConversions) names.emplace_back(c.name);
    const auto near = nearest(conversion.name, names);
    return {"there is no conversion `" + conversion.name + "`",
            near ? "did you mean `" + *near + "`?" : "there are " + join(names, ", ")};
  }
  if (fits(known->argument, conversion.arguments)) return {};
  return {"conversion `" + conversion.name + "` has wrong arguments", "write " + std::string(known->shape)};
}

}  // namespace planrun
