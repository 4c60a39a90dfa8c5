// Whether a database is whole: rows on pages that nothing leads to any more are missed by every query,
// without an error.
#pragma once

#include <atomic>

#include "sqlite/handle.h"

namespace planrun {

/// Looks at every page; where something is odd, SQLite's quick_check has the word. Throws Error of the
/// connection's code naming damage that rows may be lost by; Error(interrupted) after `stop`. Damage of
/// indexes is none: rows are read from their tables. Nor is what quick_check says of values.
void check_integrity(SqliteConnection& connection, const std::atomic<bool>& stop);

}  // namespace planrun
