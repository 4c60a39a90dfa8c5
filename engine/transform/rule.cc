#include "transform/rule.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/decimal.h"
#include "base/text.h"
#include "transform/conversion.h"

namespace planrun {

namespace {

auto fit_of(TypeKind kind) -> bool (*)(Rule&, const Cell&, Cell&) {
  switch (kind) {
    case TypeKind::boolean:
      return fit_boolean;
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return fit_integer;
    case TypeKind::real:
      return fit_real;
    case TypeKind::double_precision:
      return fit_double;
    case TypeKind::numeric:
      return fit_numeric;
    case TypeKind::bytea:
      return fit_bytea;
    case TypeKind::date:
      return fit_date;
    case TypeKind::time:
      return fit_time;
    case TypeKind::timestamp:
    case TypeKind::timestamptz:
      return fit_timestamp;
    case TypeKind::interval:
      return fit_interval;
    case TypeKind::uuid:
      return fit_uuid;
    case TypeKind::json:
    case TypeKind::jsonb:
      return fit_json;
    case TypeKind::text_array:
      return fit_text_array;
    case TypeKind::text:
    case TypeKind::varchar:
    case TypeKind::char_:
    case TypeKind::other:
      break;
  }
  return fit_text;
}

}  // namespace

bool append_number(const Cell& number, std::string& out) {
  if (number.kind == CellKind::real) {
    if (!std::isfinite(number.real)) return false;
    append_shortest_decimal(number.real, out);
    return true;
  }
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number.integer).ptr;
  out.append(digits.data(), end);
  return true;
}

Rule make_rule(const ColumnSchema& column, const ValueLimits& limits, bool has_zone, int zone_seconds) {
  Rule rule;
  rule.type = column.type;
  rule.limits = limits;
  if (column.store_as_text) rule.limits.numeric_as_double = false;
  rule.has_zone = has_zone;
  rule.zone_seconds = zone_seconds;
  rule.fit = fit_of(column.type.kind);
  return rule;
}

std::string text_hint(std::string_view text) {
  if (text.empty()) return "; using = \"empty_as_null\" takes it as null";
  if (trim(text).size() != text.size()) return "; using = \"trim\" takes the blanks off";
  std::string plain;
  if (undo_decimal_comma(text, plain)) return "; using = \"decimal_comma\" reads it as " + plain;
  return {};
}

std::string time_hint(const Cell& number) {
  const double size =
      std::abs(number.kind == CellKind::real ? number.real : static_cast<double>(number.integer));
  const bool fraction = number.kind == CellKind::real && size != std::floor(size);
  // Epoch seconds of 1971 to 5138 have 8 to 11 digits, the Julian days of our time 7; only a hint, never a
  // rule.
  if (fraction && size > 2'000'000 && size < 3'000'000) return "; using = \"julian_day\" takes Julian days";
  if (size < 1e11) return "; using = \"unix_seconds\" takes seconds since 1970";
  if (size < 1e14) return "; using = \"unix_millis\" takes milliseconds since 1970";
  return "; using = \"unix_micros\" takes microseconds since 1970";
}

std::string describe_source(const Cell& cell) {
  constexpr std::size_t kShown = 30;
  switch (cell.kind) {
    case CellKind::null:
      return "null";
    case CellKind::integer:
      return "integer " + std::to_string(cell.integer);
    case CellKind::real: {
      if (std::isnan(cell.real)) return "real NaN";
      if (std::isinf(cell.real)) return cell.real > 0 ? "real Infinity" : "real -Infinity";
      std::string out = "real ";
      append_shortest_decimal(cell.real, out);
      return out;
    }
    case CellKind::text:
      return "text " + quote_for_message(cell.bytes);
    case CellKind::blob:
      break;
  }
  return "blob x'" + to_hex(cell.bytes.substr(0, kShown)) + (cell.bytes.size() > kShown ? "'..." : "'");
}

}  // namespace planrun
