// Numbers, CAST and CASE: what makes a value out of words or of other values.
#pragma once

#include <string>
#include <vector>

#include "translate/sql_value.h"

namespace planrun {

/// As it is written; refuses what a double would not hold as the same decimal.
SqlValue number_literal(const std::string& text);
/// `type`: its words in lower case.
SqlValue cast(const SqlValue& value, const std::string& type);
/// CASE of conditions and one value each, and perhaps one more for ELSE.
SqlValue choice(const std::vector<SqlValue>& conditions, std::vector<SqlValue> values);

}  // namespace planrun
