// What the catalog says of a key, an index or a foreign key that is the plan's: more than its name.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "data/table_schema.h"

namespace planrun {

/// SQL that is true of `l`, a row of pragma_index_list, which is the index that the plan makes. The text of
/// an expression is not compared.
std::string made_index_condition(const IndexSchema& index);
/// The same of the index behind one of the keys that stand in CREATE TABLE.
std::string declared_key_condition(const std::set<std::vector<std::string>>& keys);
/// SQL that answers 1 where the table's rowid is its key `column`, else 0.
std::string rowid_key_count(const std::string& table, const std::string& column);
/// SQL that answers how many columns of the table's foreign keys are declared as the plan has them.
std::string declared_foreign_columns(const TableSchema& table);

}  // namespace planrun
