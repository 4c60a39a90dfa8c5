#include "transform/conversion.h"

#include <array>
#include <charconv>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "transform/conversions.h"
#include "transform/mapping.h"

namespace planrun {

namespace {

struct Known {
  std::string_view name;
  bool (*apply)(Conversion&, const Cell&, Cell&);
  std::size_t least_arguments = 0;
  std::size_t most_arguments = 0;
};

constexpr std::array kKnown{
    Known{"boolean", convert_boolean},
    Known{"unix_seconds", convert_unix},
    Known{"unix_millis", convert_unix},
    Known{"unix_micros", convert_unix},
    Known{"julian_day", convert_julian_day},
    Known{"date_format", convert_date_format, 1, 1},
    Known{"trim", convert_trim},
    Known{"empty_as_null", convert_empty_as_null},
    Known{"decimal_comma", convert_decimal_comma},
    Known{"round", convert_round, 0, 1},
    Known{"utc", convert_utc},
    Known{"replace_nul", convert_replace_nul, 0, 1},
    Known{"replace_invalid_utf8", convert_replace_invalid_utf8},
    Known{"text", convert_text},
    Known{"bytes", convert_bytes},
    Known{"base64", convert_base64},
    Known{"json_last_key", convert_json_last_key},
};

const Known* find(std::string_view name) {
  for (const Known& known : kKnown) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

std::optional<int> read_scale(std::string_view text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  // PostgreSQL 15 takes scales of numeric from -1000 to 1000.
  if (read.ec != std::errc() || read.ptr != end || value < -1000 || value > 1000) return std::nullopt;
  return value;
}

std::string_view arguments_text(std::size_t count) {
  return count == 0 ? "no argument" : count == 1 ? "one argument" : "at most one argument";
}

bool is_moment(TypeKind kind) {
  return kind == TypeKind::timestamp || kind == TypeKind::timestamptz || kind == TypeKind::date;
}

/// What stops a conversion of this name from ever making a value of the type; empty: nothing.
std::string cannot_make(std::string_view name, bool makes_instant, const ColumnType& type) {
  if (makes_instant && !is_moment(type.kind))
    return "makes a timestamp, timestamptz or date, not " + type.sql;
  if ((name == "bytes" || name == "base64") && type.kind != TypeKind::bytea)
    return "makes bytea, not " + type.sql;
  if (name == "json_last_key" && type.kind != TypeKind::json && type.kind != TypeKind::jsonb) {
    return "makes json or jsonb, not " + type.sql;
  }
  return {};
}

/// Digits that `round` without an argument keeps: the column's.
std::optional<int> scale_of(const ColumnType& type) {
  switch (type.kind) {
    case TypeKind::numeric:
      return type.precision >= 0 ? std::optional(type.scale) : std::nullopt;
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return 0;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<std::string> conversion_names() {
  std::vector<std::string> names;
  names.reserve(kKnown.size());
  for (const Known& known : kKnown) names.emplace_back(known.name);
  return names;
}

std::string check_conversion(const PlanConversion& conversion) {
  const Known* known = find(conversion.name);
  if (known == nullptr) {
    const auto names = conversion_names();
    const auto near = nearest(conversion.name, names);
    return "there is no conversion \"" + conversion.name + "\"; " +
           (near ? "did you mean \"" + *near + "\"?" : "there are " + join(names, ", "));
  }
  const auto& arguments = conversion.arguments;
  if (arguments.size() < known->least_arguments || arguments.size() > known->most_arguments) {
    const bool exact = known->least_arguments == known->most_arguments;
    return conversion.name + " takes " + std::string(arguments_text(exact ? known->least_arguments : 2));
  }
  if (arguments.empty()) return {};
  if (known->apply == convert_round && !read_scale(arguments[0])) {
    return "round takes a number of digits from -1000 to 1000, not " + quote_for_message(arguments[0]);
  }
  if (known->apply == convert_date_format) {
    const std::string wrong = DateFormat::check(arguments[0]);
    if (!wrong.empty()) return "date_format(" + quote_for_message(arguments[0]) + ") " + wrong;
  }
  if (known->apply == convert_replace_nul &&
      (!is_valid_utf8(arguments[0]) || arguments[0].find('\0') != std::string::npos)) {
    return "replace_nul takes a text of UTF-8 without NUL";
  }
  return {};
}

Conversion make_conversion(const PlanConversion& call, const ColumnSchema& column, int zone_seconds) {
  const std::string wrong = check_conversion(call);
  if (!wrong.empty()) throw Error(ErrorCode::plan, wrong);
  const Known& known = *find(call.name);
  Conversion made;
  made.apply = known.apply;
  made.keeps_clock = known.apply == convert_utc;
  made.makes_instant = made.keeps_clock || known.apply == convert_unix || known.apply == convert_julian_day;
  const std::string cannot = cannot_make(call.name, made.makes_instant, column.type);
  if (!cannot.empty()) throw Error(ErrorCode::plan, call.name + " " + cannot);
  if (call.name == "unix_seconds") made.unit_micros = 1'000'000;
  if (call.name == "unix_millis") made.unit_micros = 1'000;
  made.zone_seconds = zone_seconds;
  made.replacement = call.arguments.empty() ? "\xEF\xBF\xBD" : call.arguments[0];
  if (known.apply == convert_date_format) made.format = DateFormat(call.arguments[0]);
  if (known.apply == convert_round) {
    const auto scale = call.arguments.empty() ? scale_of(column.type) : read_scale(call.arguments[0]);
    if (!scale) {
      throw Error(ErrorCode::plan,
                  "round needs a number of digits for " + column.type.sql + ", as in round(2)");
    }
    made.scale = *scale;
  }
  return made;
}

}  // namespace planrun
