// Rows of one range of one table, straight from the statement's cells.
#pragma once

#include <memory>

#include "database/source.h"
#include "sqlite/handle.h"

namespace planrun {

struct AddedColumn;

/// With `added` each row has that column too, for inputs and expressions. Throws Error(source) for a table,
/// column or expression that is not there or cannot be used.
std::unique_ptr<Reader> make_reader(std::shared_ptr<SqliteConnection> connection, const ReadRequest& request,
                                    const Range& range, const AddedColumn* added = nullptr);

}  // namespace planrun
