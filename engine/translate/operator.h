// SQLite's operators in PostgreSQL's words. Each throws Uncertain where the result may be another.
#pragma once

#include <string>

#include "translate/sql_value.h"

namespace planrun {

/// `sign`: = <> < > <= >=.
SqlValue compare(const SqlValue& left, const std::string& sign, const SqlValue& right);
/// `is not distinct from`, or with `distinct` its opposite.
SqlValue compare_distinct(const SqlValue& left, bool distinct, const SqlValue& right);
/// `sign`: + - * / %.
SqlValue reckon(const SqlValue& left, char sign, const SqlValue& right);
SqlValue negative(const SqlValue& value);
SqlValue concatenate(const SqlValue& left, const SqlValue& right);
SqlValue conjunction(const SqlValue& left, const SqlValue& right);
SqlValue disjunction(const SqlValue& left, const SqlValue& right);
SqlValue negation(const SqlValue& value);
SqlValue like(const SqlValue& value, const SqlValue& pattern, bool negated);

}  // namespace planrun
