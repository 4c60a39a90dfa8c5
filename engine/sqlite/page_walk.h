// The pages of a database file, followed as its format says (https://www.sqlite.org/fileformat2.html): each
// is to be in one place, and each byte of a b-tree's page in one cell. It says the same of a whole file as
// SQLite's quick_check in a fraction of its time, since that looks at the values of all rows too; what is
// wrong with one that is not whole, and whether rows may be lost by it, is left to quick_check.
#pragma once

#include <atomic>

#include "sqlite/handle.h"

namespace planrun {

/// True: the trees of all tables and indexes, their overflow pages and the free pages are the whole file, and
/// rowids ascend. False: something is not so, or is not to be told from the file's pages alone (a WAL, a
/// table WITHOUT ROWID, whose order is that of its collations), or `stop` is set. Throws Error where the
/// schema cannot be read.
bool has_whole_pages(SqliteConnection& connection, const std::atomic<bool>& stop);

}  // namespace planrun
