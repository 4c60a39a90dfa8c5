// The rules of boolean, the integers, real, double precision and numeric.
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/decimal.h"
#include "base/text.h"
#include "transform/rule.h"

namespace planrun {

namespace {

/// PostgreSQL 15 manual, table 8.2: what numeric without limits holds.
constexpr int kIntegerDigits = 131'072;
constexpr int kFractionDigits = 16'383;

bool refuse_kind(Rule& rule, const Cell& in, std::string_view hint = {}) {
  return rule.refuse(std::string(to_string(in.kind)) + " is not " + rule.type.sql, hint);
}

std::string round_hint(std::string_view text) {
  std::string canonical;
  if (append_canonical_decimal(text, canonical)) return "; using = \"round\" rounds it";
  return text_hint(text);
}

template <typename Integer>
bool holds(std::int64_t value) {
  return value >= std::numeric_limits<Integer>::min() && value <= std::numeric_limits<Integer>::max();
}

bool fit_range(Rule& rule, std::int64_t value, Cell& out) {
  const bool fits =
      rule.type.kind == TypeKind::bigint ||
      (rule.type.kind == TypeKind::integer ? holds<std::int32_t>(value) : holds<std::int16_t>(value));
  if (!fits) return rule.refuse("is out of the range of " + rule.type.sql);
  out = Cell::of_integer(value);
  return true;
}

/// The double that is exactly `value`, if there is one.
template <typename Float>
bool exactly(std::int64_t value, double& out) {
  const auto near = static_cast<Float>(value);
  constexpr Float kLimit = 9223372036854775808.0F;  // 2^63, which no int64 reaches
  out = near;
  return near < kLimit && static_cast<std::int64_t>(near) == value;
}

/// A decimal text whose nearest float or double prints the same decimal.
template <typename Float>
bool read_float(std::string_view text, std::string& canonical, std::string& printed, Float& value) {
  canonical.clear();
  if (!append_canonical_decimal(text, canonical)) return false;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (read.ec != std::errc()) return false;
  printed.clear();
  append_shortest_decimal(value, printed);
  return printed == canonical || (value == 0 && canonical == "0");
}

template <typename Float>
bool fit_float_text(Rule& rule, std::string_view text, Cell& out) {
  Float value = 0;
  if (!read_float(text, rule.buffer, rule.scratch, value)) {
    if (!rule.buffer.empty()) {
      return rule.refuse("has more digits than " + rule.type.sql + " keeps; make the column numeric");
    }
    return rule.refuse("is no number written plainly", text_hint(text));
  }
  out = Cell::of_real(value);
  return true;
}

/// SQLite keeps 0 for -0.0 and null for NaN (its manual, "Datatypes", 2 and 3).
bool check_limits(Rule& rule, double value) {
  if (!rule.limits.no_signed_zero_or_nan) return true;
  if (std::isnan(value)) return rule.refuse("is NaN, which a SQLite target cannot hold");
  if (value == 0 && std::signbit(value)) return rule.refuse("is -0.0, which a SQLite target would keep as 0");
  return true;
}

/// Where a decimal's digits stand about its point.
struct Extent {
  int top;     // of the most significant digit: 3 for 123, 0 for 0.5, -2 for 0.001
  int bottom;  // digits after the point; of an integer the zeros at its end, negative
};

/// `canonical` is not "0".
Extent extent_of(std::string_view canonical) {
  if (canonical.front() == '-') canonical.remove_prefix(1);
  const std::size_t point = canonical.find('.');
  if (point == std::string_view::npos) {
    const std::size_t zeros = canonical.size() - canonical.find_last_not_of('0') - 1;
    return {static_cast<int>(canonical.size()), -static_cast<int>(zeros)};
  }
  const int bottom = static_cast<int>(canonical.size() - point - 1);
  if (canonical.front() != '0') return {static_cast<int>(point), bottom};
  return {-static_cast<int>(canonical.find_first_not_of('0', point + 1) - point - 1), bottom};
}

/// A NUMERIC column of SQLite keeps integers of 64 bits and doubles (its manual, "Datatypes", 3).
bool survives_sqlite(std::string_view canonical, std::string& scratch) {
  const char* end = canonical.data() + canonical.size();
  std::int64_t integer = 0;
  const auto read = std::from_chars(canonical.data(), end, integer);
  if (read.ec == std::errc() && read.ptr == end) return true;
  double value = 0;
  if (std::from_chars(canonical.data(), end, value, std::chars_format::fixed).ec != std::errc()) return false;
  scratch.clear();
  append_shortest_decimal(value, scratch);
  return scratch == canonical;
}

/// Checks the canonical decimal in rule.buffer.
bool fit_decimal(Rule& rule, Cell& out) {
  out = Cell::of_text(rule.buffer);
  if (rule.buffer == "0") return true;
  const ColumnType& type = rule.type;
  const Extent extent = extent_of(rule.buffer);
  if (type.precision < 0) {
    if (extent.top > kIntegerDigits || extent.bottom > kFractionDigits) {
      return rule.refuse("has more digits than numeric holds (131,072 before the point, 16,383 after it)");
    }
  } else {
    if (extent.bottom > type.scale) {
      return rule.refuse("has more digits after the point than " + type.sql + " keeps",
                         "; using = \"round\" rounds it");
    }
    if (extent.top > type.precision - type.scale) {
      return rule.refuse("has more digits before the point than " + type.sql + " holds");
    }
  }
  if (rule.limits.numeric_as_double && !survives_sqlite(rule.buffer, rule.scratch)) {
    return rule.refuse(
        "would be changed by a SQLite target, which keeps numeric as double; storage = \"text\" keeps it");
  }
  return true;
}

/// Appends `value` where it is an integer of up to 15 digits over 10^scale, as amounts are. Doubles tell all
/// decimals of 15 digits apart (DBL_DIG), so that this one is the shortest; it takes a fifth of the time of
/// the general way.
bool append_amount(double value, int scale, std::string& out) {
  constexpr std::array<double, 16> kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (scale < 0 || scale > 15) return false;
  const double power = kPowers[static_cast<std::size_t>(scale)];
  const double scaled = std::nearbyint(value * power);
  if (!(std::abs(scaled) < 1e15) || scaled / power != value) return false;
  if (scaled < 0) out += '-';
  std::array<char, 32> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::int64_t>(std::abs(scaled)))
          .ptr;
  const auto count = static_cast<int>(end - digits.data());
  if (count <= scale) {
    out += "0.";
    out.append(static_cast<std::size_t>(scale - count), '0');
    out.append(digits.data(), end);
  } else {
    out.append(digits.data(), end - scale);
    out += '.';
    out.append(end - scale, end);
  }
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return true;
}

bool fit_numeric_real(Rule& rule, double value, Cell& out) {
  if (!std::isfinite(value)) {
    const std::string_view name = std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    if (rule.limits.numeric_as_double)
      return rule.refuse("is no number that a SQLite target keeps in numeric");
    if (rule.type.precision >= 0 && !std::isnan(value))
      return rule.refuse(rule.type.sql + " holds no infinity");
    out = Cell::of_text(name);
    return true;
  }
  if (value == 0) {
    rule.buffer = "0";
  } else if (rule.type.precision < 0 || !append_amount(value, rule.type.scale, rule.buffer)) {
    append_shortest_decimal(value, rule.buffer);
  }
  return fit_decimal(rule, out);
}

bool is_boolean_word(std::string_view text) {
  const std::string word = to_lower_ascii(text);
  for (const std::string_view known :
       {"t", "f", "true", "false", "y", "n", "yes", "no", "on", "off", "1", "0"}) {
    if (word == known) return true;
  }
  return false;
}

}  // namespace

bool is_plain_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool fit_boolean(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind == CellKind::integer) {
    if (in.integer != 0 && in.integer != 1) {
      return rule.refuse("is no boolean (0 or 1)", "; using = \"boolean\" takes any integer");
    }
    out = in;
    return true;
  }
  if (in.kind != CellKind::text) return refuse_kind(rule, in);
  const bool yes = in.bytes == "t" || in.bytes == "true";
  if (!yes && in.bytes != "f" && in.bytes != "false") {
    return rule.refuse("is no boolean (t, f, true or false)",
                       is_boolean_word(in.bytes) ? "; using = \"boolean\" takes it" : text_hint(in.bytes));
  }
  out = Cell::of_integer(yes ? 1 : 0);
  return true;
}

bool fit_integer(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind == CellKind::integer) return fit_range(rule, in.integer, out);
  if (in.kind == CellKind::real) return refuse_kind(rule, in, "; using = \"round\" rounds it");
  if (in.kind != CellKind::text) return refuse_kind(rule, in);
  if (!is_plain_integer(in.bytes)) {
    return rule.refuse("is no integer written plainly", round_hint(in.bytes));
  }
  std::int64_t value = 0;
  if (std::from_chars(in.bytes.data(), in.bytes.data() + in.bytes.size(), value).ec != std::errc()) {
    return rule.refuse("is out of the range of " + rule.type.sql);
  }
  return fit_range(rule, value, out);
}

bool fit_double(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind == CellKind::real) {
    out = in;
  } else if (in.kind == CellKind::integer) {
    double value = 0;
    if (!exactly<double>(in.integer, value)) {
      return rule.refuse("is between two values of double precision; make the column bigint or numeric");
    }
    out = Cell::of_real(value);
  } else if (in.kind == CellKind::text) {
    if (!fit_float_text<double>(rule, in.bytes, out)) return false;
  } else {
    return refuse_kind(rule, in);
  }
  return check_limits(rule, out.real);
}

bool fit_real(Rule& rule, const Cell& in, Cell& out) {
  if (in.kind == CellKind::real) {
    const bool finite = std::isfinite(in.real);
    if (finite && std::abs(in.real) > std::numeric_limits<float>::max()) {
      return rule.refuse("is out of the range of real; make the column double precision");
    }
    const auto narrow = static_cast<float>(in.real);
    if (finite && static_cast<double>(narrow) != in.real) {
      rule.buffer.clear();
      rule.scratch.clear();
      append_shortest_decimal(in.real, rule.buffer);
      append_shortest_decimal(narrow, rule.scratch);
      if (rule.buffer != rule.scratch) {
        return rule.refuse("would become " + rule.scratch + " as real; make the column double precision");
      }
    }
    out = Cell::of_real(narrow);
  } else if (in.kind == CellKind::integer) {
    double value = 0;
    if (!exactly<float>(in.integer, value)) {
      return rule.refuse("is between two values of real; make the column double precision or bigint");
    }
    out = Cell::of_real(value);
  } else if (in.kind == CellKind::text) {
    if (!fit_float_text<float>(rule, in.bytes, out)) return false;
  } else {
    return refuse_kind(rule, in);
  }
  return check_limits(rule, out.real);
}

bool fit_numeric(Rule& rule, const Cell& in, Cell& out) {
  rule.buffer.clear();
  switch (in.kind) {
    case CellKind::integer: {
      std::array<char, 24> digits;
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), in.integer).ptr;
      rule.buffer.append(digits.data(), end);
      return fit_decimal(rule, out);
    }
    case CellKind::real:
      return fit_numeric_real(rule, in.real, out);
    case CellKind::text:
      if (append_canonical_decimal(in.bytes, rule.buffer)) return fit_decimal(rule, out);
      return rule.refuse("is no number written plainly", text_hint(in.bytes));
    case CellKind::null:
    case CellKind::blob:
      break;
  }
  return refuse_kind(rule, in);
}

}  // namespace planrun
