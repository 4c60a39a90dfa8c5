#include "sqlite/default_value.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/decimal.h"
#include "base/text.h"
#include "base/time.h"
#include "sql/quote.h"

namespace planrun {
namespace {

/// Where the quoted text ends that begins at `at`: behind its last quote.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != text[at]) continue;
    if (i + 1 < text.size() && text[i + 1] == text[at]) {
      ++i;
    } else {
      return i + 1;
    }
  }
  return text.size();
}

/// Whether the first parenthesis closes at the very end.
bool is_parenthesized(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'' || text[i] == '"') {
      i = end_of_quoted(text, i) - 1;
      continue;
    }
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0 && i + 1 < text.size()) return false;
  }
  return true;
}

/// Where the first :: outside quotes and parentheses stands.
std::size_t find_cast(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\'' || text[i] == '"') {
      i = end_of_quoted(text, i) - 1;
      continue;
    }
    if (text[i] == '(' || text[i] == '[') ++depth;
    if (text[i] == ')' || text[i] == ']') --depth;
    if (depth == 0 && text.substr(i, 2) == "::") return i;
  }
  return std::string_view::npos;
}

/// Without parentheses around it and casts behind it: the column's type decides anyway.
std::string_view bare(std::string_view text) {
  for (;;) {
    text = trim(text);
    if (is_parenthesized(text)) {
      text = text.substr(1, text.size() - 2);
    } else if (const std::size_t cast = find_cast(text); cast != std::string_view::npos) {
      text = text.substr(0, cast);
    } else if (to_lower_ascii(text.substr(0, 5)) == "cast(" && is_parenthesized(text.substr(4))) {
      const std::string lower = to_lower_ascii(text);
      const std::size_t as = lower.rfind(" as ");
      if (as == std::string::npos) return text;
      text = text.substr(5, as - 5);
    } else {
      return text;
    }
  }
}

/// The content of a plain string constant.
std::optional<std::string> string_constant(std::string_view text) {
  if (text.empty() || text.front() != '\'' || end_of_quoted(text, 0) != text.size() || text.size() < 2) {
    return std::nullopt;
  }
  std::string content;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    content += text[i];
    if (text[i] == '\'') ++i;
  }
  return content;
}

std::optional<std::string> boolean_default(const std::string& lower) {
  constexpr std::array kTrue = {"true", "t", "yes", "y", "on", "1"};
  constexpr std::array kFalse = {"false", "f", "no", "n", "off", "0"};
  if (std::ranges::find(kTrue, lower) != kTrue.end()) return "1";
  if (std::ranges::find(kFalse, lower) != kFalse.end()) return "0";
  return std::nullopt;
}

std::optional<std::string> number_default(std::string_view text, bool whole) {
  std::string decimal;
  if (!append_canonical_decimal(text, decimal, true) || (whole && decimal.find('.') != std::string::npos)) {
    return std::nullopt;
  }
  return decimal;
}

/// A constant time in the form in which times are stored.
std::optional<std::string> time_default(TypeKind kind, std::string_view text) {
  if (kind != TypeKind::time && parse_infinity(text)) return quote_literal(text);
  std::string_view reason;
  const auto time = parse_iso_time(text, reason);
  if (!time) return std::nullopt;
  std::string stored;
  if (kind == TypeKind::time) {
    if (time->has_date || time->zone_seconds) return std::nullopt;
    append_time_of_day(time->micros, stored);
  } else if (!time->has_date) {
    return std::nullopt;
  } else if (kind == TypeKind::date) {
    if (time->has_time) return std::nullopt;
    append_date(time->days, stored);
  } else {
    // Without a zone, a timestamptz constant would be in the server's own zone.
    if ((kind == TypeKind::timestamptz) != time->zone_seconds.has_value()) return std::nullopt;
    append_timestamp(
        time->days * kMicrosPerDay + time->micros - time->zone_seconds.value_or(0) * std::int64_t{1'000'000},
        stored);
    if (kind == TypeKind::timestamptz) stored += "+00:00";
  }
  return quote_literal(stored);
}

/// now() and its kin, at the resolution of SQLite: seconds.
std::optional<std::string> clock_default(TypeKind kind, const std::string& lower) {
  const bool now = lower == "now()" || lower == "current_timestamp" || lower == "localtimestamp" ||
                   lower == "transaction_timestamp()" || lower == "statement_timestamp()" ||
                   lower == "clock_timestamp()" || lower == "now() at time zone 'utc'";
  if (kind == TypeKind::timestamp && now) return "CURRENT_TIMESTAMP";
  if (kind == TypeKind::timestamptz && now) return "(CURRENT_TIMESTAMP || '+00:00')";
  if (kind == TypeKind::date && (now || lower == "current_date")) return "CURRENT_DATE";
  if (kind == TypeKind::time && (now || lower == "current_time" || lower == "localtime"))
    return "CURRENT_TIME";
  return std::nullopt;
}

/// The clock as text, in the forms that SQLite writes itself.
std::optional<std::string> clock_text_default(const std::string& lower) {
  if (lower == "to_char(now() at time zone 'utc', 'yyyy-mm-dd hh24:mi:ss')") return "CURRENT_TIMESTAMP";
  if (lower == "to_char(now() at time zone 'utc', 'yyyy-mm-dd')") return "CURRENT_DATE";
  if (lower == "to_char(now() at time zone 'utc', 'hh24:mi:ss')") return "CURRENT_TIME";
  return std::nullopt;
}

/// Sums and products of constants: SQLite reckons them as PostgreSQL does.
std::optional<std::string> sum_default(std::string_view text) {
  const bool comment = text.find("--") != std::string_view::npos;
  if (text.empty() || comment || text.find_first_not_of("0123456789+-*() ") != std::string_view::npos)
    return std::nullopt;
  return "(" + std::string(text) + ")";
}

std::optional<std::string> integer_default(std::string_view text, const std::string& lower) {
  if (lower == "extract(epoch from now())") return "(CAST(strftime('%s', 'now') AS INTEGER))";
  const auto number = number_default(text, true);
  return number ? number : sum_default(text);
}

std::optional<std::string> bytes_default(const std::string& text) {
  if (!text.starts_with("\\x")) return std::nullopt;
  const auto bytes = from_hex(text.substr(2));
  if (!bytes) return std::nullopt;
  return "x'" + to_hex(*bytes) + "'";
}

}  // namespace

std::optional<std::string> default_value(const ColumnSchema& column) {
  const std::string_view text = bare(column.default_sql);
  const std::string lower = to_lower_ascii(text);
  const auto constant = string_constant(text);
  if (lower == "null") return "NULL";
  switch (column.type.kind) {
    case TypeKind::boolean:
      return boolean_default(constant ? to_lower_ascii(*constant) : lower);
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return constant ? number_default(*constant, true) : integer_default(text, lower);
    case TypeKind::real:
    case TypeKind::double_precision:
      return number_default(constant ? std::string_view(*constant) : text, false);
    case TypeKind::numeric: {
      const auto number = number_default(constant ? std::string_view(*constant) : text, false);
      return number && column.store_as_text ? quote_literal(*number) : number;
    }
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return constant ? time_default(column.type.kind, *constant) : clock_default(column.type.kind, lower);
    case TypeKind::bytea:
      return constant ? bytes_default(*constant) : std::nullopt;
    case TypeKind::text_array:
      if (lower == "array[]" || (constant && *constant == "{}")) return "'[]'";
      return std::nullopt;
    case TypeKind::interval:
    case TypeKind::other:
      return std::nullopt;
    case TypeKind::uuid:
      return constant ? std::optional(quote_literal(to_lower_ascii(*constant))) : std::nullopt;
    default:
      return constant ? std::optional(quote_literal(*constant)) : clock_text_default(lower);
  }
}

}  // namespace planrun
