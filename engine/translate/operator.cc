#include "translate/operator.h"

#include <algorithm>
#include <optional>

namespace planrun {
namespace {

SqlValue condition_of(const SqlValue& left, const SqlValue& right, std::string sql) {
  SqlValue value;
  value.sql = std::move(sql);
  value.kind = ValueKind::truth;
  value.binding = Binding::operation;
  take_uses(value, left);
  take_uses(value, right);
  return value;
}

/// `active = 1`.
std::optional<bool> compared_bit(const SqlValue& left, const SqlValue& right) {
  if (left.kind != ValueKind::truth || !right.is_literal || right.kind != ValueKind::integer)
    return std::nullopt;
  if (right.sql == "1") return true;
  if (right.sql == "0") return false;
  return std::nullopt;
}

bool comes_from(const SqlValue& value, const Scope* scope) {
  return std::ranges::any_of(value.uses, [&](const ColumnUse& use) { return use.scope == scope; });
}

void fix(SqlValue& condition, const SqlValue& column, const SqlValue& by) {
  if (column.uses.size() != 1 || column.sql != column.uses[0].sql || comes_from(by, column.uses[0].scope))
    return;
  condition.fixed.push_back(column.uses[0]);
}

}  // namespace

SqlValue compare(const SqlValue& given_left, const std::string& sign, const SqlValue& given_right) {
  SqlValue left = given_left;
  SqlValue right = given_right;
  const auto bit = compared_bit(left, right);
  if (bit && (sign == "=" || sign == "<>"))
    return condition_of(left, right, operand(left) + " " + sign + (*bit ? " true" : " false"));
  make_comparable(left, right);
  const bool equality = sign == "=" || sign == "<>";
  const bool by_bytes =
      left.kind == ValueKind::text && (!equality || left.byte_ordered || right.byte_ordered);
  SqlValue condition = condition_of(
      left, right, (by_bytes ? byte_ordered(left) : operand(left)) + " " + sign + " " + operand(right));
  if (sign == "=") {
    fix(condition, left, right);
    fix(condition, right, left);
  }
  return condition;
}

SqlValue compare_distinct(const SqlValue& given_left, bool distinct, const SqlValue& given_right) {
  SqlValue left = given_left;
  SqlValue right = given_right;
  make_comparable(left, right);
  const bool by_bytes = left.kind == ValueKind::text && (left.byte_ordered || right.byte_ordered);
  return condition_of(left, right,
                      (by_bytes ? byte_ordered(left) : operand(left)) +
                          (distinct ? " is distinct from " : " is not distinct from ") + operand(right));
}

namespace {

double limit_of(const SqlValue& left, char sign, const SqlValue& right) {
  if (sign == '*') return left.limit * right.limit;
  if (sign == '/') return left.limit;
  return sign == '%' ? std::min(left.limit, right.limit) : left.limit + right.limit;
}

/// SQLite answers NULL where PostgreSQL fails.
std::string divisor(const SqlValue& value) {
  if (value.is_literal && value.limit > 0) return operand(value);
  return "nullif(" + value.sql + ", 0)";
}

std::string as_double(const SqlValue& value) {
  if (value.kind == ValueKind::real) return operand(value);
  if (value.kind == ValueKind::integer && value.limit > kExactDouble)
    refuse("its integers may be larger than a double holds them");
  return operand(value) + "::double precision";
}

SqlValue reckon_integers(const SqlValue& left, char sign, const SqlValue& right) {
  SqlValue result;
  result.kind = ValueKind::integer;
  result.limit = limit_of(left, sign, right);
  if (result.limit >= kLargestInteger)
    refuse("SQLite goes over to reals where an integer would be too large, and PostgreSQL fails");
  const std::string wide = left.is_short && right.is_short ? "::bigint" : "";
  const bool divides = sign == '/' || sign == '%';
  result.sql = operand(left) + wide + " " + sign + " " + (divides ? divisor(right) : operand(right));
  return result;
}

SqlValue reckon_reals(const SqlValue& left, char sign, const SqlValue& right) {
  SqlValue result;
  result.kind = ValueKind::real;
  result.surely_real = left.surely_real || right.surely_real;
  result.limit = limit_of(left, sign, right);
  if (sign == '%') refuse("SQLite takes `%` of integers, and cuts reals before");
  if (!result.surely_real && sign == '/')
    refuse("whether both sides of `/` are integers, and are divided as such, depends on the row");
  if (!result.surely_real && result.limit > kExactDouble)
    refuse("both sides may be integers, and what they give larger than a double holds it");
  std::string by = as_double(right);
  if (sign == '/' && !right.is_literal) {
    by = "nullif(" + (right.kind == ValueKind::real ? right.sql : by) + ", 0)";
  } else if (sign == '/' && right.limit == 0) {
    refuse("it divides by 0");
  }
  result.sql = as_double(left) + " " + sign + " " + by;
  return result;
}

}  // namespace

SqlValue reckon(const SqlValue& given_left, char sign, const SqlValue& given_right) {
  const SqlValue left = as_number(given_left);
  const SqlValue right = as_number(given_right);
  const bool integers = left.kind == ValueKind::integer && right.kind == ValueKind::integer;
  SqlValue result = integers ? reckon_integers(left, sign, right) : reckon_reals(left, sign, right);
  result.binding = Binding::operation;
  take_uses(result, left);
  take_uses(result, right);
  return result;
}

SqlValue negative(const SqlValue& given) {
  SqlValue value = as_number(given);
  if (value.kind == ValueKind::integer && value.limit >= kLargestInteger)
    refuse("SQLite goes over to reals where an integer would be too large, and PostgreSQL fails");
  value.sql = "-" + operand(value);
  value.binding = Binding::operation;
  value.is_column = false;
  value.is_literal = false;
  return value;
}

SqlValue concatenate(const SqlValue& left, const SqlValue& right) {
  SqlValue result;
  const auto part = [&](const SqlValue& given) {
    take_uses(result, given);
    if (given.kind == ValueKind::text) return operand(given);
    if (given.kind == ValueKind::other) refuse(given.reason);
    if (given.kind != ValueKind::integer && given.kind != ValueKind::truth)
      refuse("`||` of what is neither text nor integer: it is written otherwise in PostgreSQL");
    return operand(as_number(given)) + "::text";
  };
  result.sql = part(left);
  result.sql += " || " + part(right);
  result.kind = ValueKind::text;
  result.binding = Binding::operation;
  result.byte_ordered = left.byte_ordered || right.byte_ordered;
  return result;
}

SqlValue conjunction(const SqlValue& given_left, const SqlValue& given_right) {
  const SqlValue left = as_truth(given_left);
  const SqlValue right = as_truth(given_right);
  const auto part = [](const SqlValue& value) {
    return value.binding == Binding::disjunction ? "(" + value.sql + ")" : value.sql;
  };
  SqlValue result = condition_of(left, right, part(left) + " and " + part(right));
  result.binding = Binding::conjunction;
  result.fixed = left.fixed;
  result.fixed.insert(result.fixed.end(), right.fixed.begin(), right.fixed.end());
  return result;
}

SqlValue disjunction(const SqlValue& given_left, const SqlValue& given_right) {
  const SqlValue left = as_truth(given_left);
  const SqlValue right = as_truth(given_right);
  SqlValue result = condition_of(left, right, left.sql + " or " + right.sql);
  result.binding = Binding::disjunction;
  return result;
}

SqlValue negation(const SqlValue& given) {
  const SqlValue truth = as_truth(given);
  return condition_of(truth, {}, "not " + operand(truth));
}

SqlValue like(const SqlValue& value, const SqlValue& pattern, bool negated) {
  if (value.kind == ValueKind::other) refuse(value.reason);
  if (value.kind != ValueKind::text || pattern.kind != ValueKind::text) refuse("LIKE of what is no text");
  if (!pattern.is_literal) refuse("LIKE looks at letters of both cases alike, and its pattern is no literal");
  // SQLite's LIKE does not tell the case of ASCII letters ("The LIKE operator", its manual), and has no
  // escape of its own; lower() in the collation "C" is of ASCII letters alone.
  std::string low = pattern.sql;
  std::ranges::transform(low, low.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return condition_of(
      value, pattern,
      "lower(" + byte_ordered(value) + ")" + (negated ? " not like " : " like ") + low + " escape ''");
}

}  // namespace planrun
