#include "translate/assignment.h"

#include <algorithm>

#include "sql/quote.h"

namespace planrun {
namespace {

bool is_number_of_row(const SqlValue& value, const KnownTable& subject) {
  return std::ranges::any_of(subject.columns, [&](const KnownColumn& column) {
    const std::string name = quote_where_needed(column.target);
    return column.numbered && (value.sql == "new." + name || value.sql == "old." + name);
  });
}

[[noreturn]] void refuse_kind(const KnownColumn& column) {
  refuse("what it puts into `" + column.source + "` may be of another kind than " + column.type);
}

std::string as_decimal(const KnownColumn& column, const SqlValue& value) {
  const SqlValue number = as_number(value);
  // A scale would round what SQLite keeps.
  const bool keeps =
      number.kind == ValueKind::integer ||
      (number.kind == ValueKind::decimal && (column.type == "numeric" || column.type == number.type));
  if (!keeps) refuse_kind(column);
  return number.sql;
}

}  // namespace

std::string assigned(const KnownColumn& column, const SqlValue& value, const KnownTable& subject) {
  if (column.generated) refuse("it writes into `" + column.source + "`, which is computed");
  if (column.numbered) {
    if (value.kind == ValueKind::null) return "default";
    if (!is_number_of_row(value, subject))
      refuse("what it puts into `" + column.source + "` may be null, and then becomes the next number");
    return value.sql;
  }
  if (value.kind == ValueKind::null) return value.sql;
  if (value.kind == ValueKind::other && column.kind != ValueKind::other) refuse(value.reason);
  switch (column.kind) {
    case ValueKind::truth:
      if (value.kind == ValueKind::truth) return value.sql;
      if (value.is_literal && value.kind == ValueKind::integer && (value.sql == "0" || value.sql == "1"))
        return value.sql == "1" ? "true" : "false";
      refuse_kind(column);
    case ValueKind::integer:
      if (value.kind != ValueKind::integer && value.kind != ValueKind::truth) refuse_kind(column);
      return as_number(value).sql;
    case ValueKind::decimal:
      return as_decimal(column, value);
    case ValueKind::real:
      if (value.kind != ValueKind::real) refuse_kind(column);
      return value.sql;
    case ValueKind::text:
      if (value.kind == ValueKind::text) return value.sql;
      if (value.kind == ValueKind::integer) return operand(value) + "::text";
      refuse_kind(column);
    default:
      if (value.kind != ValueKind::other || value.type != column.type || !value.is_column)
        refuse_kind(column);
      return value.sql;
  }
}

}  // namespace planrun
