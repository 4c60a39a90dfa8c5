// A part of an expression in PostgreSQL's words, and what is known of the values that it gives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "translate/known_tables.h"

namespace planrun {

struct Scope;

/// Beyond this a double does not hold every integer.
inline constexpr double kExactDouble = 9007199254740992.0;
inline constexpr double kLargestInteger = 9223372036854775807.0;

/// Thrown within translate/ where a meaning is not certain to be the same; caught at its border.
struct Uncertain {
  std::string reason;
};
[[noreturn]] void refuse(std::string reason);

/// How tightly what stands outermost in an expression holds together.
enum class Binding { atom, operation, conjunction, disjunction };

/// integer, decimal or real.
bool is_number(ValueKind kind);

struct ColumnUse {
  const Scope* scope = nullptr;  // whose rows it is of
  std::string sql;
  friend bool operator==(const ColumnUse&, const ColumnUse&) = default;
};

struct SqlValue {
  std::string sql;
  ValueKind kind = ValueKind::other;
  Binding binding = Binding::atom;
  std::string type{};
  std::string reason{};  // of `other`
  double limit = 0;
  bool surely_real = false;
  bool is_literal = false;
  bool is_column = false;  // a column's value as it is
  bool is_short = false;   // an int4 to PostgreSQL
  bool has_affinity = false;
  bool byte_ordered = false;
  bool aggregates = false;
  std::vector<ColumnUse> uses{};  // columns outside of aggregates
  std::vector<ColumnUse>
      fixed{};  // of a condition: columns that equal what does not come from their own scope
};

/// Of a column that is written as `sql`.
SqlValue value_of(const KnownColumn& column, std::string sql);
/// What an expression gives, as a column of that name.
KnownColumn column_of(const SqlValue& value, std::string name);
SqlValue text_literal(std::string_view text);
SqlValue integer_literal(std::int64_t number);

/// In parentheses where it is no atom.
std::string operand(const SqlValue& value);
/// 0 and 1 for a boolean; the value itself where it is a number.
SqlValue as_number(const SqlValue& value);
/// What SQLite takes for true: another number than 0.
SqlValue as_truth(const SqlValue& value);
/// As a view gives it: 0 and 1 for what is computed, a boolean for a boolean column.
SqlValue as_result(const SqlValue& value);
/// The texts' order is that of their bytes, whatever the server's collation.
std::string byte_ordered(const SqlValue& value);
/// Values of one kind, for CASE, coalesce and UNION: each is brought to what all of them can be.
void unify(std::vector<SqlValue>& values);
/// Throws where equal values may be told apart, or different ones be held equal: for GROUP BY, DISTINCT,
/// UNION.
void check_groupable(const SqlValue& value);
/// A value made of others: their uses, and whether they aggregate.
void take_uses(SqlValue& value, const SqlValue& part);
/// Brings both sides to kinds that compare alike in both databases. Throws where there is none.
void make_comparable(SqlValue& left, SqlValue& right);

}  // namespace planrun
