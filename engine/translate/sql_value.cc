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

bool is_number(ValueKind kind) {
  return kind == ValueKind::integer || kind == ValueKind::decimal || kind == ValueKind::real;
}

namespace {

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

}  // namespace planrun
