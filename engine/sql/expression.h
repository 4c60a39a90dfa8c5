// Expressions over a table's columns that mean the same in every database planrun knows.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/column_type.h"

namespace planrun {

/// What values are to an expression.
enum class ValueClass { number, text, boolean, other };
ValueClass class_of(TypeKind kind);

struct ExpressionShape {
  ValueClass gives = ValueClass::other;
  std::vector<std::string> columns;  // that it mentions, each once
};

/// `type_of` says what a column is; nullopt: there is no such column. The answer is absent where `sql` is not
/// made of what means the same everywhere: comparisons of numbers, equality of texts and booleans, and, or,
/// not, in, between, is null, + - *, ||, coalesce, abs, length, trim, ltrim, rtrim; lower and upper, which do
/// so for the letters of ASCII. `reason` then says which part is not.
std::optional<ExpressionShape> common_expression(
    std::string_view sql, const std::function<std::optional<TypeKind>(const std::string&)>& type_of,
    std::string& reason);

}  // namespace planrun
