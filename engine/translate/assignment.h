// A value that SQLite would store in a column, as PostgreSQL stores the same.
#pragma once

#include <string>

#include "translate/sql_value.h"

namespace planrun {

/// The SQL of it; `default` for the next number. `subject`: the table of the trigger, whose numbered column
/// is never null. Throws Uncertain.
std::string assigned(const KnownColumn& column, const SqlValue& value, const KnownTable& subject);

}  // namespace planrun
