#include "translate/literal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace planrun {
namespace {

SqlValue decimal_literal(const std::string& text) {
  constexpr std::size_t kExactDigits = 15;
  if (text.find_first_not_of("0123456789.") != std::string::npos || text.ends_with('.'))
    refuse("the number " + text + " is not written plainly");
  const std::string whole = text.starts_with('.') ? "0" + text : text;
  const std::size_t first = whole.find_first_not_of("0.");
  if (first != std::string::npos && whole.size() - first > kExactDigits + 1)
    refuse("the number " + text + " has more digits than a double holds");
  SqlValue value;
  value.sql = whole;
  value.kind = ValueKind::decimal;
  value.is_literal = true;
  value.surely_real = true;
  value.limit = std::strtod(whole.c_str(), nullptr);
  return value;
}

}  // namespace

SqlValue number_literal(const std::string& text) {
  if (text.find_first_not_of("0123456789") != std::string::npos) return decimal_literal(text);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) refuse("the number " + text + " is no 64-bit integer");
  return integer_literal(number);
}

SqlValue cast(const SqlValue& value, const std::string& type) {
  SqlValue result = value;
  result.is_column = false;
  result.is_literal = false;
  const bool is_integer = type == "integer" || type == "int" || type == "bigint";
  if (is_integer && (value.kind == ValueKind::integer || value.kind == ValueKind::truth))
    return as_number(result);
  if (type == "text" && value.kind == ValueKind::text) return result;
  if (type == "text" && value.kind == ValueKind::integer) {
    result.sql = operand(value) + "::text";
    result.kind = ValueKind::text;
    result.binding = Binding::atom;
    return result;
  }
  if ((type == "real" || type == "double" || type == "float") &&
      (value.kind == ValueKind::integer || value.kind == ValueKind::decimal ||
       value.kind == ValueKind::real)) {
    if (value.limit > kExactDouble && value.kind == ValueKind::integer)
      refuse("its integers may be larger than a double holds them");
    result.sql = operand(value) + "::double precision";
    result.kind = ValueKind::real;
    result.binding = Binding::atom;
    result.surely_real = true;
    return result;
  }
  refuse("CAST to " + type + " of such a value");
}

SqlValue choice(const std::vector<SqlValue>& conditions, std::vector<SqlValue> values) {
  for (auto& value : values) value = as_result(value);
  std::vector<SqlValue> same = values;
  unify(same);
  SqlValue result = same[0];
  for (const auto& value : same) {
    if (value.kind != ValueKind::null) result = value;
  }
  result.is_column = false;
  result.is_literal = false;
  result.is_short = std::ranges::all_of(same, [](const SqlValue& value) { return value.is_short; });
  result.fixed.clear();
  result.binding = Binding::atom;
  result.sql = "case";
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    result.sql += " when " + conditions[i].sql + " then " + same[i].sql;
    take_uses(result, conditions[i]);
  }
  if (same.size() > conditions.size()) result.sql += " else " + same.back().sql;
  result.sql += " end";
  for (const auto& value : same) take_uses(result, value);
  return result;
}

}  // namespace planrun
