// What the catalog says of a key, an index or a foreign key that is the plan's: more than its name.
#pragma once

#include <string>

#include "data/table_schema.h"

namespace planrun {

/// SQL that is true of `k`, a row of pg_constraint.
std::string is_key(const KeySchema& key);
/// Of `c`, a row of pg_class, and `i`, the index's row of pg_index. The text of an expression is not
/// compared, only which columns the index depends on.
std::string is_index(const IndexSchema& index);
/// Of `f`, a row of pg_constraint; `referenced` is the table that it refers to, qualified and quoted. False
/// where nobody would enforce it: its triggers are switched off.
std::string is_foreign_key(const ForeignKeySchema& key, const std::string& referenced);

}  // namespace planrun
