#include "translate/sql_value.h"

#include <algorithm>
#include <cmath>

#include "sql/quote.h"

namespace planrun {

void refuse(std::string reason) {
  throw Uncertain{std::move(reason)};
}

SqlValue value_of(const KnownColumn& column, std::string sql) {
  SqlValue value;
  value.sql = std::move(sql);
  value.kind = column.kind;
  value.type = column.type;
  value.limit = column.limit;
  value.surely_real = column.surely_real;
  value.byte_ordered = column.byte_ordered;
  value.has_affinity = column.has_affinity;
  value.is_column = !column.computed;
  if (column.kind == ValueKind::other) value.reason = "`" + column.source + "` " + column.reason;
  return value;
}

KnownColumn column_of(const SqlValue& value, std::string name) {
  KnownColumn column;
  column.source = name;
  column.target = std::move(name);
  // NULL is a text to whoever reads the view.
  column.kind = value.kind == ValueKind::null ? ValueKind::other : value.kind;
  column.type = value.kind == ValueKind::null ? "text" : value.type;
  column.limit = value.limit;
  column.surely_real = value.surely_real;
  column.byte_ordered = value.byte_ordered;
  column.has_affinity = value.is_column && value.has_affinity;
  column.computed = !value.is_column && value.kind == ValueKind::real;
  if (column.kind == ValueKind::other)
    column.reason = value.reason.empty() ? "is null" : "is what " + value.reason;
  return column;
}

SqlValue text_literal(std::string_view text) {
  SqlValue value;
  value.sql = quote_literal(text);
  value.kind = ValueKind::text;
  value.is_literal = true;
  return value;
}

SqlValue integer_literal(std::int64_t number) {
  constexpr std::int64_t kShort = 2147483647;
  SqlValue value;
  value.sql = std::to_string(number);
  value.kind = ValueKind::integer;
  value.is_literal = true;
  value.limit = std::abs(static_cast<double>(number));
  value.is_short = number <= kShort;
  return value;
}

std::string operand(const SqlValue& value) {
  return value.binding == Binding::atom ? value.sql : "(" + value.sql + ")";
}

void take_uses(SqlValue& value, const SqlValue& part) {
  for (const auto& use : part.uses) {
    if (std::ranges::find(value.uses, use) == value.uses.end()) value.uses.push_back(use);
  }
  value.aggregates = value.aggregates || part.aggregates;
}

SqlValue as_number(const SqlValue& value) {
  if (value.kind == ValueKind::integer || value.kind == ValueKind::decimal || value.kind == ValueKind::real)
    return value;
  if (value.kind != ValueKind::truth) {
    refuse(value.kind == ValueKind::other ? value.reason : "it reckons with what is no number");
  }
  SqlValue number = value;
  number.sql = operand(value) + "::integer";
  number.kind = ValueKind::integer;
  number.binding = Binding::atom;
  number.limit = 1;
  number.is_short = true;
  number.is_column = false;
  number.fixed.clear();
  return number;
}

SqlValue as_truth(const SqlValue& value) {
  if (value.kind == ValueKind::truth) return value;
  if (value.kind == ValueKind::text) refuse("a text is a condition");
  if (value.kind == ValueKind::null) refuse("NULL is a condition");
  SqlValue truth = as_number(value);
  truth.sql = operand(truth) + " <> 0";
  truth.kind = ValueKind::truth;
  truth.binding = Binding::operation;
  truth.is_column = false;
  truth.is_literal = false;
  return truth;
}

SqlValue as_result(const SqlValue& value) {
  return value.kind == ValueKind::truth && !value.is_column ? as_number(value) : value;
}

std::string byte_ordered(const SqlValue& value) {
  return operand(value) + (value.kind == ValueKind::text ? " collate \"C\"" : "");
}

void check_groupable(const SqlValue& value) {
  if (value.kind == ValueKind::other) refuse(value.reason);
  if (value.kind == ValueKind::null) refuse("NULL has no type to be compared by");
  // 0.0 and -0.0 are equal and print differently: a column never holds the second.
  if (value.kind == ValueKind::real && !value.is_column)
    refuse("which of 0.0 and -0.0 stands for both is not certain");
}

namespace {

// Beyond this a double does not hold every integer.
constexpr double kExactDouble = 9007199254740992.0;

bool is_number(ValueKind kind) {
  return kind == ValueKind::integer || kind == ValueKind::decimal || kind == ValueKind::real;
}

/// What a value becomes among others of `kind`.
SqlValue brought_to(const SqlValue& value, ValueKind kind) {
  if (value.kind == kind || value.kind == ValueKind::null) return value;
  if (value.kind == ValueKind::truth && is_number(kind)) return brought_to(as_number(value), kind);
  if (!is_number(value.kind) || !is_number(kind)) refuse("it mixes values of several kinds");
  if (value.kind == ValueKind::integer && kind == ValueKind::real && value.limit > kExactDouble)
    refuse("its integers may be larger than a double holds them");
  SqlValue brought = value;
  brought.kind = kind;
  brought.surely_real = value.surely_real && value.kind != ValueKind::integer;
  brought.is_column = false;
  return brought;
}

ValueKind common_kind(const std::vector<SqlValue>& values) {
  ValueKind kind = ValueKind::null;
  for (const auto& value : values) {
    if (kind == ValueKind::null) {
      kind = value.kind;
    } else if (value.kind == ValueKind::null || value.kind == kind) {
      continue;
    } else if (kind == ValueKind::truth) {
      kind = value.kind;
    } else if (is_number(kind) && is_number(value.kind)) {
      kind = std::max(kind, value.kind);
    }
  }
  return kind;
}

}  // namespace

void unify(std::vector<SqlValue>& values) {
  const ValueKind kind = common_kind(values);
  double limit = 0;
  bool surely_real = true;
  for (auto& value : values) {
    value = brought_to(value, kind);
    limit = std::max(limit, value.limit);
    if (value.kind != ValueKind::null) surely_real = surely_real && value.surely_real;
    if (kind == ValueKind::other && value.kind == kind && value.type != values.front().type)
      refuse(value.reason);
  }
  const bool bytes = std::ranges::any_of(values, &SqlValue::byte_ordered);
  for (auto& value : values) {
    value.limit = limit;
    value.surely_real = surely_real;
    value.byte_ordered = bytes;
  }
}

namespace {

/// sqlite.org/datatype3.html, "Type Conversions Prior To Comparison": a literal has no affinity of its own.
void bring_literal(const SqlValue& column, SqlValue& literal) {
  if (!column.is_column || !column.has_affinity || !literal.is_literal) return;
  if (column.kind == ValueKind::text && literal.kind == ValueKind::integer) {
    literal = text_literal(literal.sql);
  } else if (is_number(column.kind) && literal.kind == ValueKind::text) {
    constexpr std::size_t kDigits = 18;
    const std::string digits = literal.sql.substr(1, literal.sql.size() - 2);
    const bool plain = !digits.empty() && digits.size() <= kDigits &&
                       digits.find_first_not_of("0123456789") == std::string::npos;
    if (plain) literal = integer_literal(std::stoll(digits));
  }
}

}  // namespace

void make_comparable(SqlValue& left, SqlValue& right) {
  bring_literal(left, right);
  bring_literal(right, left);
  for (const SqlValue* side : {&left, &right}) {
    if (side->kind == ValueKind::other) refuse(side->reason);
    if (side->kind == ValueKind::null) refuse("it compares with NULL");
  }
  if (left.kind == right.kind) return;
  if (left.kind == ValueKind::text || right.kind == ValueKind::text)
    refuse("it compares a text with a number");
  left = as_number(left);
  right = as_number(right);
  for (const SqlValue* side : {&left, &right}) {
    if (left.kind != right.kind && side->kind == ValueKind::integer && side->limit > kExactDouble)
      refuse("it compares integers that may be larger than a double holds them with reals");
  }
}

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

constexpr double kLargestInteger = 9223372036854775807.0;

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
    refuse("its integers may be larger than a double holds them");
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
