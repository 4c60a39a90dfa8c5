// Collations that only the application knows: a table that is declared with one is read without it.
#pragma once

#include "sqlite/handle.h"

namespace planrun {

/// From here on a comparison by bytes stands in for a collation that SQLite does not know. Nothing may order
/// or seek by it: such a table is read in the order of its rowids, or has no order at all.
void stand_in_for_collations(SqliteConnection& connection);

}  // namespace planrun
