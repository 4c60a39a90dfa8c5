// Defaults: constants, and the clock.
#include <algorithm>
#include <array>

#include "base/canonical_json.h"
#include "base/decimal.h"
#include "base/text.h"
#include "base/time.h"
#include "draft/source_sql.h"
#include "sql/quote.h"
#include "sql/words.h"

namespace planrun {
namespace {

using Words = std::vector<SqlWord>;
using Default = std::optional<std::string>;

/// Without the parentheses around all of it.
Words bare_words(std::string_view sql) {
  Words words = words_in(sql);
  while (words.size() > 2 && words.front().is_sign("(") && closing(words, 0) == words.size() - 1) {
    words.pop_back();
    words.erase(words.begin());
  }
  return words;
}

/// Words in lower case and signs, one blank between: "datetime ( 'now' )".
std::string spelled(const Words& words) {
  std::string text;
  for (const auto& word : words) {
    text += text.empty() ? "" : " ";
    text += word.kind == WordKind::text    ? quote_literal(word.text)
            : word.kind == WordKind::plain ? to_lower_ascii(word.text)
                                           : word.text;
  }
  return text;
}

bool is_text(const ColumnType& type) {
  return type.kind == TypeKind::text || type.kind == TypeKind::varchar;
}

/// -?DIGITS without what a bigint does not hold as it stands.
bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_decimal(std::string_view text) {
  std::string canonical;
  return append_canonical_decimal(text, canonical);
}

Default of_number(std::string number, const ColumnType& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      if (number == "0") return "false";
      if (number == "1") return "true";
      return std::nullopt;
    case TypeKind::bigint:
      if (number.ends_with(".0")) number.resize(number.size() - 2);
      return is_whole(number) ? Default(number) : std::nullopt;
    case TypeKind::double_precision:
    case TypeKind::numeric:
      return is_decimal(number) ? Default(number) : std::nullopt;
    case TypeKind::text:
    case TypeKind::varchar:
      return is_whole(number) ? Default(quote_literal(number)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : kHexDigits.find(text[i]) == std::string_view::npos) return false;
  }
  return true;
}

Default of_time(const std::string& text, const ColumnType& type) {
  std::string_view reason;
  const auto time = parse_iso_time(text, reason);
  if (!time) return std::nullopt;
  const bool has_zone = time->zone_seconds.has_value();
  const bool fits = type.kind == TypeKind::date ? time->has_date && !time->has_time
                    : type.kind == TypeKind::time
                        ? !time->has_date && !has_zone
                        : time->has_date && has_zone == (type.kind == TypeKind::timestamptz);
  return fits ? Default(quote_literal(text)) : std::nullopt;
}

Default of_constant(const std::string& text, const ColumnType& type) {
  switch (type.kind) {
    case TypeKind::text:
    case TypeKind::varchar:
      return quote_literal(text);
    case TypeKind::boolean:
      if (text == "t" || text == "true" || text == "1") return "true";
      if (text == "f" || text == "false" || text == "0") return "false";
      return std::nullopt;
    case TypeKind::bigint:
    case TypeKind::double_precision:
    case TypeKind::numeric:
      return of_number(text, type);
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return of_time(text, type);
    case TypeKind::json:
    case TypeKind::jsonb: {
      std::string canonical;
      return append_canonical_json(text, canonical) == JsonFault::none ? Default(quote_literal(text))
                                                                       : std::nullopt;
    }
    case TypeKind::uuid:
      return is_uuid(text) ? Default(quote_literal(text)) : std::nullopt;
    case TypeKind::bytea:
      return "'\\x" + to_hex(text) + "'";
    default:
      return std::nullopt;
  }
}

enum class Clock { none, datetime, date, time, seconds };

Clock clock_of(const Words& words) {
  struct Known {
    std::string_view spelled;
    Clock clock;
  };
  constexpr std::array kKnown = {
      Known{"current_timestamp", Clock::datetime},
      Known{"datetime ( 'now' )", Clock::datetime},
      Known{"datetime ( )", Clock::datetime},
      Known{"datetime ( current_timestamp )", Clock::datetime},
      Known{"strftime ( '%Y-%m-%d %H:%M:%S' , 'now' )", Clock::datetime},
      Known{"current_date", Clock::date},
      Known{"date ( 'now' )", Clock::date},
      Known{"date ( )", Clock::date},
      Known{"strftime ( '%Y-%m-%d' , 'now' )", Clock::date},
      Known{"current_time", Clock::time},
      Known{"time ( 'now' )", Clock::time},
      Known{"strftime ( '%H:%M:%S' , 'now' )", Clock::time},
      Known{"strftime ( '%s' , 'now' )", Clock::seconds},
      Known{"cast ( strftime ( '%s' , 'now' ) as integer )", Clock::seconds},
      Known{"cast ( strftime ( '%s' , 'now' ) as int )", Clock::seconds},
      Known{"unixepoch ( )", Clock::seconds},
      Known{"unixepoch ( 'now' )", Clock::seconds},
  };
  const std::string text = spelled(words);
  const auto known = std::ranges::find(kKnown, text, &Known::spelled);
  return known == kKnown.end() ? Clock::none : known->clock;
}

// The source's clock is UTC, and a text keeps the form that it writes.
Default of_clock(Clock clock, const ColumnType& type) {
  const std::string utc = "now() at time zone 'utc'";
  const bool zoned = type.kind == TypeKind::timestamptz;
  switch (clock) {
    case Clock::datetime:
      if (zoned) return "now()";
      if (type.kind == TypeKind::timestamp) return "(" + utc + ")";
      if (is_text(type)) return "to_char(" + utc + ", 'YYYY-MM-DD HH24:MI:SS')";
      return std::nullopt;
    case Clock::date:
      if (type.kind == TypeKind::date) return "((" + utc + ")::date)";
      if (is_text(type)) return "to_char(" + utc + ", 'YYYY-MM-DD')";
      return std::nullopt;
    case Clock::time:
      if (type.kind == TypeKind::time) return "((" + utc + ")::time)";
      if (is_text(type)) return "to_char(" + utc + ", 'HH24:MI:SS')";
      return std::nullopt;
    case Clock::seconds:
      if (zoned) return "now()";
      if (type.kind == TypeKind::bigint) return "(extract(epoch from now())::bigint)";
      return std::nullopt;
    case Clock::none:
      break;
  }
  return std::nullopt;
}

/// 1 + 2, -(3): the same everywhere, without a division.
bool is_sum(const Words& words) {
  return !words.empty() && std::ranges::all_of(words, [](const SqlWord& word) {
    if (word.kind == WordKind::number) return is_whole(word.text);
    return word.is_sign("+") || word.is_sign("-") || word.is_sign("*") || word.is_sign("(") ||
           word.is_sign(")");
  });
}

}  // namespace

std::optional<std::string> translate_default(std::string_view sql, const ColumnType& type) {
  Words words = bare_words(sql);
  if (words.empty() || (words.size() == 1 && words[0].is("null"))) return std::string();
  std::string sign;
  if (words.size() == 2 && (words[0].is_sign("-") || words[0].is_sign("+")) &&
      words[1].kind == WordKind::number) {
    sign = words[0].text == "-" ? "-" : "";
    words.erase(words.begin());
  }
  if (words.size() == 1) {
    const SqlWord& word = words[0];
    if (word.kind == WordKind::number) return of_number(sign + word.text, type);
    if (word.kind == WordKind::text || word.kind == WordKind::quoted) return of_constant(word.text, type);
    if (word.is("true")) return of_number("1", type);
    if (word.is("false")) return of_number("0", type);
    if (word.kind == WordKind::blob && type.kind == TypeKind::bytea)
      return "'\\x" + to_lower_ascii(word.text) + "'";
  }
  if (const Clock clock = clock_of(words); clock != Clock::none) return of_clock(clock, type);
  return type.kind == TypeKind::bigint && is_sum(words) ? Default("(" + spelled(words) + ")") : std::nullopt;
}

}  // namespace planrun
