// Keys and foreign keys out of the grammar's Constraint nodes: the same for a column's and a table's.
#pragma once

#include <optional>

#include "sql/syntax.h"

namespace planrun {

/// What the plan cannot keep of a constraint, as a fault at its place; none where all of it is kept.
std::optional<SqlFault> refuse_constraint(const Syntax& syntax, const Json& constraint);

/// Of a CONSTR_PRIMARY or CONSTR_UNIQUE node; `columns` are its own, empty for a column's constraint.
KeySchema read_key(const Json& constraint);

/// Of a CONSTR_FOREIGN node.
ForeignKeySchema read_foreign_key(const Json& constraint);

/// Of a CONSTR_CHECK node: the text between its parentheses.
CheckSchema read_check(const Syntax& syntax, const Json& constraint);

}  // namespace planrun
